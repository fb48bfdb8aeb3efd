package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Announcements;
import io.regent.controller.Commit;
import io.regent.controller.NewReplicas;
import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.WriteLimits;
import io.regent.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CommitQueueTest {

    private static final Reign REIGN = new Reign(1, 7, 70);
    private static final Announcements NOTHING =
            new Announcements(ClusterImage.EMPTY, new TreeMap<>(), NewReplicas.NONE, new TreeMap<>(), new TreeMap<>());
    private static final long WRITING_MS = 1_600;

    private final FakeStore store = new FakeStore();
    private final VirtualTimers timers = new VirtualTimers();
    private final List<Announcements> announced = new ArrayList<>();
    private final List<Integer> done = new ArrayList<>();
    private final CommitQueue queue = new CommitQueue(REIGN, store, timers, timers::after, announced::add);

    private static Commit commit(int writes, boolean followersOnly) {
        return new Commit(Collections.nCopies(writes, new Write.Ensure("/any")), NOTHING, followersOnly);
    }

    private void decide(Commit... commits) {
        queue.add(List.of(commits).iterator(), false, done::add);
        write();
    }

    private void write() {
        while (queue.hasMore() && !queue.isHeld() && !queue.isFull()) {
            queue.writeNext();
        }
    }

    private void durable(int commit) {
        queue.committed(store.commits.get(commit).ticket());
        write();
    }

    @Test
    void followersGiveWayToTheTellingOfNewLeadersForAPartOfTheTimeThatThoseTook() {
        decide(commit(500, false), commit(10, false), commit(500, true), commit(90, true));
        assertThat(store.commits).hasSize(2);

        timers.pass(WRITING_MS);
        durable(0);
        durable(1);
        assertThat(announced).hasSize(2);
        assertThat(store.commits).hasSize(2);

        timers.pass(WRITING_MS / 16 - 1);
        write();
        assertThat(store.commits).hasSize(2);

        timers.pass(1);
        write();
        assertThat(store.commits).hasSize(4);

        durable(2);
        durable(3);
        assertThat(done).containsExactly(4);
    }

    @Test
    void followersWaitForNothingWhereNobodyGetsAnotherLeader() {
        decide(commit(0, false), commit(500, true), commit(90, true));
        assertThat(store.commits).hasSize(2);
    }

    @Test
    void whatIsWrittenAtOnceGivesWayNoLongerThanUntilItIsDurable() {
        decide(commit(500, false), commit(100, true));
        assertThat(store.commits).hasSize(1);

        durable(0);
        assertThat(store.commits).hasSize(2);
    }

    @Test
    void noMoreIsMadeThanTheStoreCanBeBusyWith() {
        Commit[] full = Collections.nCopies(100, commit(WriteLimits.MAX_COMMIT_WRITES, false))
                .toArray(Commit[]::new);
        decide(full);
        assertThat(store.commits).hasSize(CommitQueue.MAX_WAITING_WRITES / WriteLimits.MAX_COMMIT_WRITES);

        for (int i = 0; i < full.length; i++) {
            durable(i);
        }
        assertThat(announced).hasSize(full.length);
        assertThat(done).containsExactly(full.length);
    }
}
