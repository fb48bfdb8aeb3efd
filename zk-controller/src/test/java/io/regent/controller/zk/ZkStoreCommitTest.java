package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.StoreEvent;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ZkStoreCommitTest {

    private ZkFixture zk;
    private final StoreProbe probe = new StoreProbe();
    private ZkStore store;
    private Reign reign;

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        store = zk.own(new ZkStore(zk.session("writer"), 1, () -> false));
        store.start(probe);
        probe.awaitEvent(StoreEvent.SessionBegan.class);
        store.contest();
        reign = probe.awaitEvent(StoreEvent.Loaded.class).reign();
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private static byte[] data(String text) {
        return ZkFixture.bytes(text);
    }

    private void commit(long ticket, Write... writes) {
        store.commit(reign, ticket, List.of(writes));
    }

    private void commitAndWait(long ticket, Write... writes) {
        commit(ticket, writes);
        probe.awaitEvent(StoreEvent.Committed.class, done -> done.ticket() == ticket);
    }

    @Test
    void aCommitIsWrittenWhole() throws Exception {
        commitAndWait(
                0,
                new Write.Put("/config/topics/t", data("config")),
                new Write.Create("/brokers/topics/t", data("topic")),
                new Write.Ensure("/brokers/topics/t/partitions"),
                new Write.Ensure("/brokers/topics/t/partitions/0"),
                new Write.Create("/brokers/topics/t/partitions/0/state", data("state")));
        assertThat(zk.read("/config/topics/t")).isEqualTo("config");
        assertThat(zk.read("/brokers/topics/t/partitions")).isNull();
        assertThat(zk.read("/brokers/topics/t/partitions/0/state")).isEqualTo("state");
    }

    @Test
    void whatIsThereAlreadyIsEnsuredAndPutOver() throws Exception {
        zk.create("/config/topics/t", "old");
        zk.create("/brokers/topics/t", "topic");
        zk.create("/brokers/topics/t/partitions", null);
        commitAndWait(
                0,
                new Write.Put("/config/topics/t", data("new")),
                new Write.Ensure("/brokers/topics/t/partitions"),
                new Write.Ensure("/brokers/topics/t/partitions/0"));
        assertThat(zk.read("/config/topics/t")).isEqualTo("new");
        assertThat(zk.exists("/brokers/topics/t/partitions/0")).isTrue();
    }

    @Test
    void aRefusedCommitLeavesNothingBehind() throws Exception {
        zk.create("/brokers/topics/t", "topic");
        commit(
                0,
                new Write.Create("/brokers/topics/u", data("u")),
                new Write.Set("/brokers/topics/t", data("changed"), 7));
        StoreEvent.CommitCollided failed = probe.awaitEvent(StoreEvent.CommitCollided.class);
        assertThat(failed.reason()).contains("/brokers/topics/t").contains("BADVERSION");
        assertThat(zk.exists("/brokers/topics/u")).isFalse();
        assertThat(zk.read("/brokers/topics/t")).isEqualTo("topic");
    }

    @Test
    void afterARefusedCommitNoLaterOneIsToldDurable() {
        commit(0, new Write.Delete("/brokers/topics/nothing", -1));
        for (int ticket = 1; ticket <= 40; ticket++) {
            commit(ticket, new Write.Create("/brokers/topics/t" + ticket, data("")));
        }
        probe.awaitEvent(StoreEvent.CommitFailed.class, failed -> failed.ticket() == 40);
        assertThat(probe.all(StoreEvent.Committed.class)).isEmpty();
    }

    @Test
    void aReignWhoseWriteCollidedIsRenewedInOneStep() throws Exception {
        zk.create("/brokers/topics/t", "anothers");
        commit(0, new Write.Create("/brokers/topics/t", data("ours")));
        probe.awaitEvent(
                StoreEvent.CommitCollided.class, collided -> collided.reign().equals(reign));
        long before = zk.stat("/controller").getCzxid();
        probe.forget();

        store.renew(reign);

        Reign next = probe.awaitEvent(StoreEvent.Elected.class).reign();
        assertThat(next.epoch()).isEqualTo(reign.epoch() + 1);
        assertThat(zk.stat("/controller").getCzxid())
                .isGreaterThan(before)
                .isEqualTo(zk.stat("/controller_epoch").getMzxid());
        probe.awaitEvent(StoreEvent.Loaded.class, loaded -> loaded.reign().equals(next));
        assertThat(probe.all(StoreEvent.ControllerObserved.class)).allMatch(StoreEvent.ControllerObserved::exists);
    }

    @Test
    void commitsAreToldDurableInOrder() {
        for (int ticket = 0; ticket < 100; ticket++) {
            if (ticket % 7 == 3) {
                commit(ticket, new Write.Ensure("/brokers/topics/e" + ticket));
            } else if (ticket % 7 == 5) {
                commit(ticket, new Write.DeleteTree("/brokers/topics/t" + (ticket - 1)));
            } else {
                commit(ticket, new Write.Create("/brokers/topics/t" + ticket, data("x")));
            }
        }
        probe.awaitEvent(StoreEvent.Committed.class, done -> done.ticket() == 99);
        assertThat(probe.all(StoreEvent.Committed.class))
                .extracting(StoreEvent.Committed::ticket)
                .isSorted()
                .hasSize(100);
    }

    @Test
    void aTreeIsDeletedWhateverIsInIt() throws Exception {
        zk.create("/brokers/topics/t", "topic");
        zk.create("/brokers/topics/t/partitions", null);
        for (int i = 0; i < 300; i++) {
            zk.create("/brokers/topics/t/partitions/" + i, null);
            zk.create("/brokers/topics/t/partitions/" + i + "/state", "s");
        }
        zk.create("/brokers/topics/t/unheard-of", "x");
        zk.create("/admin/delete_topics/t", null);
        commitAndWait(
                0,
                new Write.DeleteTree("/brokers/topics/t"),
                new Write.DeleteTree("/config/topics/t"),
                new Write.Delete("/admin/delete_topics/t", -1));
        assertThat(zk.exists("/brokers/topics/t")).isFalse();
        assertThat(zk.exists("/admin/delete_topics/t")).isFalse();
        probe.awaitObserved(Event.DeletionsObserved.class, seen -> seen.topics().isEmpty());
    }

    @Test
    void aFencedDeletionDeletesNothing() throws Exception {
        zk.create("/brokers/topics/t", "topic");
        zk.set("/controller_epoch", "9");
        commit(0, new Write.DeleteTree("/brokers/topics/t"));
        assertThat(probe.awaitEvent(StoreEvent.CommitFailed.class).reason()).contains("fenced");
        assertThat(zk.exists("/brokers/topics/t")).isTrue();
    }
}
