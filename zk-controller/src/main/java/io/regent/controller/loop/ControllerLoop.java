package io.regent.controller.loop;

import io.regent.controller.Answer;
import io.regent.controller.Controller;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.ClusterImage;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contests, rules and resigns in the name of one node: takes what the store, the links and the clients say, one after the
 * other, and has the core decide.
 *
 * <p>It has no thread and no clock of its own: whoever drives it calls {@link #turn}, from one thread at a time. What
 * comes in may come from any thread. Any surprise while ruling (a commit that was refused or whose fate is unknown,
 * another owner of {@code /controller}, a core that throws) has one answer: resign, forget, contest again after a pause.
 * It never blocks, and never writes or announces anything under a reign that it has given up.
 */
public final class ControllerLoop {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerLoop.class);

    /** How much of the inbox one turn takes, and how many events it decides on, so that a turn ends. */
    static final int MAX_A_TURN = 1_000;

    /** As in Kafka: how long after its election a controller first looks for leaders to move back. */
    static final long FIRST_REBALANCE_MS = 5_000;

    private enum Phase {
        /** No session: nothing can be done. */
        AWAY,
        /** A contest is on, or waits for its pause to end. */
        CONTESTING,
        /** Somebody else holds {@code /controller}. */
        FOLLOWING,
        /** {@code /controller} is ours and the cluster is being loaded. */
        ELECTED,
        /** Deciding. */
        RULING,
        /** The node is shutting down. */
        CLOSED
    }

    private sealed interface Inbound {}

    private record Told(StoreEvent event) implements Inbound {}

    private record Heard(LinkEvent event) implements Inbound {}

    private record Asked(Event.Ask ask, CompletableFuture<Answer> answer) implements Inbound {}

    private record Missed(PeerWatch.Dead dead) implements Inbound {}

    private record Due(int generation, Runnable task) implements Inbound {}

    private record Closing(CompletableFuture<Void> done) implements Inbound {}

    private final NodeSettings settings;
    private final Ports ports;
    private final Runnable wakeUp;
    private final Core.Factory cores;
    private final Backoff backoff = new Backoff();
    private final Timeline timeline;
    private final ReignClock stages;
    private final Queue<Inbound> inbox = new ConcurrentLinkedQueue<>();

    private final Obituaries obituaries = new Obituaries();

    private Phase phase = Phase.AWAY;
    private Ruling ruling;
    private OptionalInt owner = OptionalInt.empty();
    private boolean vacant = true;
    /** Counts the phases that timers were set in, so that one of an earlier phase does nothing. */
    private int generation;
    /** Whether the contest of the phase has not begun yet. */
    private boolean pausing;

    private volatile LoopStatus status = LoopStatus.AT_START;

    /**
     * @param wakeUp is called, from any thread, when something has come in and a turn is worth taking
     */
    public ControllerLoop(NodeSettings settings, Ports ports, ControllerMetrics metrics, Runnable wakeUp) {
        this(settings, ports, metrics, wakeUp, reign -> Core.of(new Controller(settings.controller(), reign)));
    }

    ControllerLoop(NodeSettings settings, Ports ports, ControllerMetrics metrics, Runnable wakeUp, Core.Factory cores) {
        this.settings = settings;
        this.ports = ports;
        this.wakeUp = wakeUp;
        this.cores = cores;
        this.timeline = new Timeline(settings.nodeId());
        this.stages = new ReignClock(timeline, ports.timers(), metrics);
        metrics.observe(this::status, inbox::size);
    }

    /** Begins to listen to the ports. Called once. */
    public void start() {
        ports.peers().start(dead -> post(new Missed(dead)));
        ports.link().start(event -> post(new Heard(event)));
        ports.store().start(event -> post(new Told(event)));
    }

    /** Asks the controller; fails with {@link NotControllerException} where that is not this node. Any thread. */
    public CompletableFuture<Answer> ask(Event.Ask ask) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        post(new Asked(ask, answer));
        return answer;
    }

    /** Resigns if ruling, and never contests again; the future completes when that has been handed to the store. Any thread. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        post(new Closing(done));
        return done;
    }

    /** What the loop knows, for others to read. Any thread. */
    public LoopStatus status() {
        return status;
    }

    private void post(Inbound message) {
        inbox.add(message);
        wakeUp.run();
    }

    /**
     * Takes what has come in and decides on it, within bounds.
     *
     * @return whether there is more to do at once
     */
    public boolean turn() {
        Inbound next;
        for (int taken = 0; taken < MAX_A_TURN && (next = inbox.poll()) != null; taken++) {
            take(next);
        }
        for (int steps = 0; steps < MAX_A_TURN && ruling != null && ruling.canStep(); steps++) {
            step();
        }
        publish();
        return !inbox.isEmpty() || (ruling != null && ruling.canStep());
    }

    private void step() {
        try {
            ruling.step();
        } catch (RuntimeException e) {
            LOG.error("[{}] a decision failed", ruling.reign(), e);
            surprise("a decision failed: " + e);
        }
    }

    private void take(Inbound message) {
        switch (message) {
            case Told told -> told(told.event());
            case Heard heard -> heard(heard.event());
            case Asked asked -> asked(asked);
            case Missed missed -> {
                obituaries.add(missed.dead());
                bury(missed.dead());
            }
            case Due due -> {
                if (due.generation() == generation) {
                    due.task().run();
                }
            }
            case Closing closing -> {
                if (ruling != null) {
                    endReign("the broker shuts down");
                }
                enter(Phase.CLOSED);
                closing.done().complete(null);
            }
        }
    }

    private void asked(Asked asked) {
        if (ruling == null) {
            asked.answer()
                    .completeExceptionally(
                            new NotControllerException("broker " + settings.nodeId() + " is not the controller"));
        } else {
            ruling.ask(asked.ask(), asked.answer());
        }
    }

    private void heard(LinkEvent event) {
        if (ruling == null || event.controllerEpoch() != ruling.reign().epoch()) {
            return;
        }
        switch (event) {
            case LinkEvent.Answered answered -> ruling.offer(answered.answer());
            case LinkEvent.Deposed deposed -> surprise("broker " + deposed.brokerId() + " obeys a newer controller");
            case LinkEvent.AllTold told -> stages.allTold();
        }
    }

    private void told(StoreEvent event) {
        if (phase == Phase.CLOSED) {
            if (event instanceof StoreEvent.Elected late) {
                ports.store().resign(late.reign());
            }
            return;
        }
        switch (event) {
            case StoreEvent.SessionBegan began -> contestNow();
            case StoreEvent.SessionExpired expired -> {
                if (ruling != null) {
                    endReign("the ZooKeeper session expired");
                }
                enter(Phase.AWAY);
            }
            case StoreEvent.Elected elected -> elected(elected.reign());
            case StoreEvent.Loaded loaded -> loaded(loaded);
            case StoreEvent.Lost lost -> lost(lost.owner());
            case StoreEvent.ContestFailed failed -> contestFailed(failed.reason());
            case StoreEvent.ControllerObserved observed -> controllerObserved(observed);
            case StoreEvent.EpochObserved observed -> epochObserved(observed.epoch());
            case StoreEvent.BrokersObserved observed -> {
                ports.peers().watch(observed.brokers());
                obituaries.observed(observed.brokers());
                offer(new Event.BrokersObserved(observed.brokers()));
            }
            case StoreEvent.DeletionsObserved observed -> offer(new Event.DeletionsObserved(observed.topics()));
            case StoreEvent.ReassignmentsObserved observed ->
                offer(new Event.ReassignmentsObserved(observed.targets()));
            case StoreEvent.ImageStale stale -> {
                if (ruling != null) {
                    surprise(stale.reason());
                }
            }
            case StoreEvent.Committed committed -> {
                if (rules(committed.reign())) {
                    ruling.committed(committed.ticket());
                }
            }
            case StoreEvent.CommitFailed failed -> {
                if (rules(failed.reign())) {
                    surprise("a commit failed: " + failed.reason());
                }
            }
        }
    }

    private boolean rules(Reign reign) {
        return ruling != null && ruling.reign().equals(reign);
    }

    /** Writes a death that was seen into ZooKeeper, where everybody learns of it, as far as it is this node's to do. */
    private void bury(PeerWatch.Dead dead) {
        if (ruling != null) {
            timeline.evicts(ruling.reign(), dead);
            ports.store().evict(ruling.reign(), dead.brokerId(), dead.brokerEpoch());
        } else if (phase == Phase.FOLLOWING && !vacant && owner.equals(OptionalInt.of(dead.brokerId()))) {
            timeline.deposes(dead);
            ports.store().depose(dead.brokerId());
        }
    }

    private void offer(Event event) {
        if (ruling != null) {
            ruling.offer(event);
        }
    }

    private void elected(Reign reign) {
        if (phase != Phase.CONTESTING) {
            ports.store().resign(reign);
            return;
        }
        enter(Phase.ELECTED);
        owner = OptionalInt.of(settings.nodeId());
        vacant = false;
        ruling = new Ruling(reign, cores.of(reign), ports, stages);
        status = status.withEpoch(reign.epoch());
        stages.elected(reign);
        // Before the image is loaded, so that the dead are not in it and all is decided at once.
        obituaries.all().forEach(this::bury);
    }

    private void loaded(StoreEvent.Loaded loaded) {
        if (phase != Phase.ELECTED || !ruling.reign().equals(loaded.reign())) {
            return;
        }
        enter(Phase.RULING);
        for (String unreadable : loaded.unreadable()) {
            LOG.error("[{}] {}; nothing is decided about it until it is mended", loaded.reign(), unreadable);
        }
        stages.loaded(loaded.image());
        ruling.begin(loaded.image());
        if (settings.autoRebalance()) {
            scheduleRebalance(FIRST_REBALANCE_MS);
        }
    }

    private void scheduleRebalance(long delayMs) {
        after(delayMs, () -> {
            offer(new Event.RebalanceDue());
            scheduleRebalance(settings.imbalanceCheckIntervalMs());
        });
    }

    private void lost(OptionalInt to) {
        if (phase != Phase.CONTESTING) {
            return;
        }
        owner = to;
        vacant = false;
        timeline.follows(to);
        enter(Phase.FOLLOWING);
        if (to.isPresent() && to.getAsInt() == settings.nodeId()) {
            // Left by an earlier life of this node (KAFKA-13407). The store removes it once the id is surely ours.
            after(backoff.nextMs(ports.timers().nowMs()), this::contestNow);
        } else {
            backoff.reset();
            to.ifPresent(id -> obituaries.of(id).ifPresent(this::bury));
        }
    }

    private void contestFailed(String reason) {
        if (phase == Phase.ELECTED) {
            surprise(reason);
        } else if (phase == Phase.CONTESTING) {
            LOG.warn("[Controller id={}] the contest failed: {}", settings.nodeId(), reason);
            contestAfterPause();
        }
    }

    private void controllerObserved(StoreEvent.ControllerObserved observed) {
        boolean wasHeld = !vacant;
        OptionalInt before = owner;
        vacant = !observed.exists();
        owner = observed.owner();
        if (ruling != null) {
            if (!observed.ours()) {
                surprise(observed.exists() ? "/controller is another's" : "/controller is gone");
            }
        } else if (phase == Phase.FOLLOWING && (vacant || observed.ours())) {
            if (wasHeld && vacant) {
                timeline.vacant(before);
            }
            contestNow();
        }
    }

    private void epochObserved(int epoch) {
        status = status.withEpoch(epoch);
        if (pausing) {
            // An epoch that nobody could read may have been mended: there is no need to wait any longer.
            contestNow();
        } else if (ruling != null && epoch != ruling.reign().epoch()) {
            surprise("/controller_epoch holds " + epoch);
        }
    }

    private void contestNow() {
        enter(Phase.CONTESTING);
        stages.contesting();
        ports.store().contest();
    }

    private void contestAfterPause() {
        enter(Phase.CONTESTING);
        pausing = true;
        after(backoff.nextMs(ports.timers().nowMs()), this::contestNow);
    }

    private void surprise(String reason) {
        endReign(reason);
        contestAfterPause();
    }

    private void endReign(String reason) {
        Ruling ended = ruling;
        ruling = null;
        timeline.resigned(ended.reign(), reason);
        ended.end(reason);
        stages.ended();
    }

    private void enter(Phase next) {
        phase = next;
        pausing = false;
        generation++;
    }

    private void after(long delayMs, Runnable task) {
        int now = generation;
        ports.timers().after(delayMs, () -> post(new Due(now, task)));
    }

    private void publish() {
        ClusterImage image = ruling == null ? ClusterImage.EMPTY : ruling.image();
        status = new LoopStatus(
                ruling != null,
                vacant ? OptionalInt.empty() : owner,
                status.knownEpoch(),
                image,
                ruling == null ? 0 : ruling.waitingEvents());
    }
}
