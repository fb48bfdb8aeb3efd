package io.regent.controller.loop;

import io.regent.controller.Announcements;
import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterDelta;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.TopicId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reign of this node: the image, the events that wait, and what is decided but not durable.
 *
 * <p>Used by the loop only, and dropped whole when the reign ends: nothing half-done can reach the next one (KAFKA-4447,
 * KAFKA-12315).
 */
final class Ruling {

    private static final Logger LOG = LoggerFactory.getLogger(Ruling.class);

    /** How many asks may wait for their decision. A client that is told to try again later is better off than one more. */
    static final int MAX_WAITING_ASKS = 10_000;

    /** A decision on so many partitions is announced to the store before it is written. */
    static final int MANY = 1_000;

    private static final long NOBODY_ASKED = -1;

    private final Reign reign;
    private final Core core;
    private final Ports ports;
    private final ReignObserver observer;
    private final CommitQueue commits;
    private final StateChangeLog log;
    /** The topics whose creation is on its way. */
    private final Set<String> unconfirmed = new HashSet<>();

    /** What each decision touched that is not durable yet, oldest first. */
    private final Deque<PartitionSet> onTheirWay = new ArrayDeque<>();

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final SortedMap<Long, CompletableFuture<Answer>> unanswered = new TreeMap<>();

    private ClusterImage image = ClusterImage.EMPTY;
    private boolean loaded;
    private int waitingAsks;
    private long asks;

    /** An event that waits; the number of its ask, or {@link #NOBODY_ASKED}. */
    private record Waiting(Event event, long ask, long sinceMs) {}

    Ruling(Reign reign, Core core, Ports ports, CommitQueue.Delays delays, ReignObserver observer) {
        this.reign = reign;
        this.core = core;
        this.ports = ports;
        this.observer = observer;
        this.log = new StateChangeLog(reign);
        this.commits = new CommitQueue(reign, ports.store(), ports.timers(), delays, this::announce);
    }

    private void announce(Announcements announcements) {
        if (!announcements.isEmpty()) {
            ports.link().announce(reign, announcements);
        }
    }

    Reign reign() {
        return reign;
    }

    ClusterImage image() {
        return image;
    }

    /** Tells these brokers who rules, while the cluster is still being read. */
    void tellWhoRules(Collection<BrokerRegistration> live) {
        ports.link().brokers(reign, live);
        announce(core.whoRules(live));
    }

    /**
     * The first step: from here on the reign decides.
     *
     * @param producerIdFloor below which an earlier reign of this node may have given producer ids out
     */
    void begin(ClusterImage loadedImage, SortedMap<String, TopicId> newIds, long producerIdFloor) {
        Event.Elected elected = new Event.Elected(
                loadedImage.edit().raiseProducerIdFloor(producerIdFloor).image(), newIds);
        loaded = true;
        // Connections are made while the first decision is taken and written.
        ports.link().brokers(reign, elected.loaded().brokers().values());
        waiting.addFirst(new Waiting(elected, NOBODY_ASKED, ports.timers().nowMs()));
    }

    /** Takes an event; a newer reading replaces an older one that still waits, where both read all that there is. */
    void offer(Event event) {
        if (event.replacesOlder()) {
            if (!loaded) {
                // What the loading finds is newer, or is told again.
                return;
            }
            waiting.removeIf(older -> older.event().getClass() == event.getClass());
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

    /** Whether something of the last decision is still to be written, or an event waits, and it may be done now. */
    boolean canStep() {
        boolean due = commits.hasMore() || !waiting.isEmpty() || isLogDue();
        return loaded && due && !commits.isFull() && !commits.isHeld();
    }

    /** The state-change log waits until all else is done: what it takes is taken from nobody. */
    private boolean isLogDue() {
        return log.hasMore() && commits.isEmpty();
    }

    /** Whether something of what was decided is still to be written, be it to the log only. */
    boolean isWriting() {
        return commits.hasMore() || log.hasMore();
    }

    int waitingEvents() {
        return waiting.size();
    }

    /** Writes one more part of the last decision; when there is none, decides on the oldest event that waits. */
    void step() {
        long sinceNanos = ports.timers().nowNanos();
        boolean isDecided = false;
        if (commits.hasMore()) {
            commits.writeNext();
            isDecided = !commits.hasMore();
        } else if (waiting.isEmpty() || log.isFull()) {
            // Counts with the event that comes next.
            log.writeSome();
        } else {
            decide();
        }
        observer.worked(ports.timers().nowNanos() - sinceNanos, !isDecided);
    }

    private void decide() {
        Waiting next = waiting.remove();
        if (next.ask() != NOBODY_ASKED) {
            waitingAsks--;
        }
        observer.deciding(next.event(), ports.timers().nowMs() - next.sinceMs());
        Decision decision = core.step(image, next.event());
        image = decision.image();
        log.add(decision);
        decision.notices().remarks().forEach(remark -> LOG.warn("[{}] {}", reign, remark));
        observer.decided(decision);
        if (decision.beginsReign() || !decision.delta().brokers().isEmpty()) {
            ports.link().brokers(reign, image.brokers().values());
        }
        if (decision.answer().filter(Ruling::isFinal).isPresent()) {
            commits.confirm();
        }
        List<String> created = created(next.event(), decision.delta());
        // Its write may be refused because somebody has just rewritten the znode; one that expects what it would have
        // made must not follow it on the way, as the other's may have the same version.
        PartitionSet touched = decision.delta().partitions();
        boolean held = followsAnothersWrite(next.event())
                || touchesUnconfirmed(decision.delta())
                || onTheirWay.stream().anyMatch(touched::intersects);
        unconfirmed.addAll(created);
        onTheirWay.add(touched);
        if (touched.size() >= MANY) {
            ports.store().expect(reign, touched.size());
        }
        commits.add(core.commits(decision), held, chunks -> {
            created.forEach(unconfirmed::remove);
            onTheirWay.remove();
            durable(next, decision, chunks);
        });
    }

    private static List<String> created(Event event, ClusterDelta delta) {
        if (!(event instanceof Asks.CreateTopics)) {
            return List.of();
        }
        return delta.topics().stream()
                .filter(name -> delta.before().topic(name).isEmpty()
                        && delta.after().topic(name).isPresent())
                .toList();
    }

    /**
     * Whether the decision builds on a topic whose creation is on its way. A tool may have made one of that name meanwhile:
     * the creation is refused then, but what builds on it expects just the version that the tool's has.
     */
    private boolean touchesUnconfirmed(ClusterDelta delta) {
        return !unconfirmed.isEmpty() && delta.topics().stream().anyMatch(unconfirmed::contains);
    }

    /**
     * Whether the decision builds on versions of znodes that others wrote. A commit that is on its way expects older ones
     * and may be refused; what builds on these would not be, and half of what belongs together would be written.
     */
    private static boolean followsAnothersWrite(Event event) {
        return event instanceof Event.TopicsObserved;
    }

    /**
     * Whether the asker acts on a refusal for good: a leader does not ask again for an ISR that was refused, as that of a
     * topic which is unknown only to the controller before.
     */
    private static boolean isFinal(Answer answer) {
        return answer instanceof Answer.PartitionsAltered altered
                && altered.partitions().stream()
                        .anyMatch(each -> !each.outcome().isOk());
    }

    private void durable(Waiting done, Decision decision, int chunks) {
        observer.durable(decision, chunks);
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
        ports.link().endReign();
        List<CompletableFuture<Answer>> left = new ArrayList<>(unanswered.values());
        unanswered.clear();
        waiting.clear();
        NotControllerException ended = new NotControllerException(
                "broker " + reign.controllerId() + " is not the controller any more: " + reason);
        left.forEach(answer -> answer.completeExceptionally(ended));
        while (log.hasMore()) {
            log.writeSome();
        }
    }
}
