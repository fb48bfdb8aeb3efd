package io.regent.controller.loop;

import io.regent.controller.Answer;
import io.regent.controller.Commit;
import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.ClusterImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * One reign of this node: the image, the events that wait, and what is decided but not durable.
 *
 * <p>Used by the loop only, and dropped whole when the reign ends: nothing half-done can reach the next one (KAFKA-4447,
 * KAFKA-12315).
 */
final class Ruling {

    /** How many asks may wait for their decision. A client that is told to try again later is better off than one more. */
    static final int MAX_WAITING_ASKS = 10_000;

    private static final long NOBODY_ASKED = -1;

    private final Reign reign;
    private final Core core;
    private final Ports ports;
    private final ReignObserver observer;
    private final CommitQueue commits;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final SortedMap<Long, CompletableFuture<Answer>> unanswered = new TreeMap<>();

    private ClusterImage image = ClusterImage.EMPTY;
    private boolean loaded;
    private int waitingAsks;
    private long asks;

    /** An event that waits; the number of its ask, or {@link #NOBODY_ASKED}. */
    private record Waiting(Event event, long ask, long sinceMs) {}

    Ruling(Reign reign, Core core, Ports ports, ReignObserver observer) {
        this.reign = reign;
        this.core = core;
        this.ports = ports;
        this.observer = observer;
        this.commits = new CommitQueue(reign, ports.store(), announcements -> {
            if (!announcements.isEmpty()) {
                ports.link().announce(reign, announcements);
            }
        });
    }

    Reign reign() {
        return reign;
    }

    ClusterImage image() {
        return image;
    }

    /** The first step: from here on the reign decides. */
    void begin(ClusterImage loadedImage) {
        loaded = true;
        waiting.addFirst(new Waiting(
                new Event.Elected(loadedImage), NOBODY_ASKED, ports.timers().nowMs()));
    }

    /** Takes an event; a newer reading replaces an older one that still waits. */
    void offer(Event event) {
        if (!loaded) {
            // What the loading finds is newer, or is told again.
            return;
        }
        if (!(event instanceof Event.LeaderAndIsrAnswered) && !(event instanceof Event.StopReplicaAnswered)) {
            waiting.removeIf(
                    older -> older.ask() == NOBODY_ASKED && older.event().getClass() == event.getClass());
        }
        waiting.add(new Waiting(event, NOBODY_ASKED, ports.timers().nowMs()));
    }

    /** Takes an ask; its future fails when the reign ends before what it led to is durable. */
    void ask(Event.Ask ask, CompletableFuture<Answer> answer) {
        if (waitingAsks == MAX_WAITING_ASKS) {
            answer.completeExceptionally(new NotControllerException(
                    "controller " + reign.controllerId() + " has " + waitingAsks + " requests waiting; try again"));
            return;
        }
        waitingAsks++;
        unanswered.put(asks, answer);
        waiting.add(new Waiting(ask, asks++, ports.timers().nowMs()));
    }

    /** Whether an event waits, and may be decided on now. */
    boolean canStep() {
        return loaded && !waiting.isEmpty() && !commits.isFull();
    }

    int waitingEvents() {
        return waiting.size();
    }

    /** Decides on the oldest event that waits. */
    void step() {
        Waiting next = waiting.remove();
        if (next.ask() != NOBODY_ASKED) {
            waitingAsks--;
        }
        observer.deciding(next.event(), ports.timers().nowMs() - next.sinceMs());
        Decision decision = core.step(image, next.event());
        List<Commit> chunks = core.commits(decision);
        image = decision.image();
        StateChangeLog.write(reign, decision);
        observer.decided(decision, chunks.size());
        if (decision.beginsReign() || !decision.delta().brokers().isEmpty()) {
            ports.link().brokers(reign, image.brokers().values());
        }
        commits.add(chunks, () -> durable(next, decision));
    }

    private void durable(Waiting done, Decision decision) {
        observer.durable(decision);
        CompletableFuture<Answer> asker = unanswered.remove(done.ask());
        if (asker != null) {
            decision.answer()
                    .ifPresentOrElse(
                            asker::complete,
                            () -> asker.completeExceptionally(
                                    new IllegalStateException(done.event() + " was decided on without an answer")));
        }
    }

    void committed(long ticket) {
        commits.committed(ticket);
    }

    /** Ends the reign here: whoever waits is told to ask again elsewhere, and nothing more is announced. */
    void end(String reason) {
        ports.store().resign(reign);
        ports.link().endReign();
        List<CompletableFuture<Answer>> left = new ArrayList<>(unanswered.values());
        unanswered.clear();
        waiting.clear();
        NotControllerException ended = new NotControllerException(
                "broker " + reign.controllerId() + " is not the controller any more: " + reason);
        left.forEach(answer -> answer.completeExceptionally(ended));
    }
}
