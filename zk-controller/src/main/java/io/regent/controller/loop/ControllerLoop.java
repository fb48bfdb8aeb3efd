package io.regent.controller.loop;

import io.regent.controller.Answer;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.ClusterImage;
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
 * another owner of {@code /controller}, a core that throws) has one answer: resign, forget, contest again after a pause;
 * or at once, without letting go of {@code /controller}, where only the image was wrong.
 * It never blocks, and never writes or announces anything under a reign that it has given up.
 */
public final class ControllerLoop {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerLoop.class);

    /** How much of the inbox one turn takes, and how many events it decides on, so that a turn ends. */
    static final int MAX_A_TURN = 1_000;

    /** A reign whose image proves wrong more often than this within {@link #RENEWALS_WINDOW_MS} is given up instead. */
    static final int MAX_RENEWALS = 10;

    private static final long RENEWALS_WINDOW_MS = 60_000;

    private final NodeSettings settings;
    private final Ports ports;
    private final Runnable wakeUp;
    private final Core.Factory cores;
    private final Timeline timeline;
    private final ReignClock stages;
    private final Queue<Inbound> inbox = new ConcurrentLinkedQueue<>();

    private final Phases phases;
    private final Neighbours neighbours;
    private final Contest contest;
    private final RecentTimes renewals = new RecentTimes(MAX_RENEWALS, RENEWALS_WINDOW_MS);

    private Ruling ruling;
    /** What the ended reigns of this node gave out stays given out. */
    private long producerIdFloor;

    private volatile LoopStatus status = LoopStatus.AT_START;

    /**
     * @param wakeUp is called, from any thread, when something has come in and a turn is worth taking
     */
    public ControllerLoop(NodeSettings settings, Ports ports, ControllerMetrics metrics, Runnable wakeUp) {
        this(settings, ports, metrics, wakeUp, reign -> Core.of(settings.newController(reign)));
    }

    ControllerLoop(NodeSettings settings, Ports ports, ControllerMetrics metrics, Runnable wakeUp, Core.Factory cores) {
        this.settings = settings;
        this.ports = ports;
        this.wakeUp = wakeUp;
        this.cores = cores;
        this.timeline = new Timeline(settings.nodeId());
        this.stages = new ReignClock(timeline, ports.timers(), metrics);
        this.phases = new Phases(ports.timers(), this::post);
        this.neighbours = new Neighbours(ports.peers());
        this.contest = new Contest(settings, ports, phases, neighbours, timeline, stages);
        metrics.observe(this::status, inbox::size);
    }

    /** Begins to listen to the ports. Called once. */
    public void start() {
        ports.peers().start(sighting -> post(new Inbound.Seen(sighting)));
        ports.link().start(event -> post(new Inbound.Heard(event)));
        ports.store().start(event -> post(new Inbound.Told(event)));
    }

    /** Asks the controller; fails with {@link NotControllerException} where that is not this node. Any thread. */
    public CompletableFuture<Answer> ask(Event.Ask ask) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        post(new Inbound.Asked(ask, answer));
        return answer;
    }

    /** Resigns if ruling, and never contests again; the future completes when that has been handed to the store. Any thread. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        post(new Inbound.Closing(done));
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
        boolean heeds = false;
        for (int steps = 0; steps < MAX_A_TURN && !heeds && ruling != null && ruling.canStep(); steps++) {
            step();
            // What is durable by now is announced before more is written.
            heeds = ruling != null && ruling.isWriting() && !inbox.isEmpty();
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
            case Inbound.Told told -> told(told.event());
            case Inbound.Heard heard -> heard(heard.event());
            case Inbound.Asked asked -> asked(asked);
            case Inbound.Seen seen -> neighbours.seen(seen.sighting()).ifPresent(this::bury);
            case Inbound.Due due -> phases.due(due);
            case Inbound.Closing closing -> {
                if (ruling != null) {
                    resign("the broker shuts down");
                }
                phases.enter(Phase.CLOSED);
                closing.done().complete(null);
            }
        }
    }

    private void asked(Inbound.Asked asked) {
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
        if (phases.is(Phase.CLOSED)) {
            if (event instanceof StoreEvent.Elected late) {
                ports.store().resign(late.reign());
            }
            return;
        }
        switch (event) {
            case StoreEvent.SessionBegan began -> contest.begin();
            case StoreEvent.SessionExpired expired -> {
                if (ruling != null) {
                    resign("the ZooKeeper session expired");
                }
                phases.enter(Phase.AWAY);
            }
            case StoreEvent.Elected elected -> elected(elected.reign());
            case StoreEvent.Loaded loaded -> loaded(loaded);
            case StoreEvent.Lost lost -> contest.lost(lost.owner(), status.knownEpoch());
            case StoreEvent.ContestFailed failed -> contestFailed(failed.reason());
            case StoreEvent.ControllerObserved observed -> controllerObserved(observed);
            case StoreEvent.EpochObserved observed -> epochObserved(observed.epoch());
            case StoreEvent.BrokersObserved observed -> {
                neighbours.brokersAre(observed.brokers());
                if (phases.is(Phase.ELECTED)) {
                    // A node that has just started meets brokers only now.
                    ruling.tellWhoRules(neighbours.living());
                } else {
                    offer(new Event.BrokersObserved(observed.brokers()));
                }
            }
            case StoreEvent.ControllersObserved observed -> neighbours.controllersAre(observed.controllers());
            case StoreEvent.PreferredObserved observed -> contest.preferredAre(observed.nodeIds());
            case StoreEvent.Observed observed -> offer(observed.event());
            case StoreEvent.ImageStale stale when ruling != null -> renew(stale.reason());
            case StoreEvent.Committed committed when rules(committed.reign()) -> ruling.committed(committed.ticket());
            case StoreEvent.CommitFailed failed
            when rules(failed.reign()) -> surprise("a commit failed: " + failed.reason());
            case StoreEvent.CommitCollided collided
            when rules(collided.reign()) -> renew("a commit met what another wrote: " + collided.reason());
            // The others are about a reign that is over.
            case StoreEvent.ImageStale late -> {}
            case StoreEvent.Committed late -> {}
            case StoreEvent.CommitFailed late -> {}
            case StoreEvent.CommitCollided late -> {}
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
        } else {
            contest.succeed(dead, status.knownEpoch());
        }
    }

    private void offer(Event event) {
        if (ruling != null) {
            ruling.offer(event);
        }
    }

    private void elected(Reign reign) {
        if (!phases.is(Phase.CONTESTING)) {
            ports.store().resign(reign);
            return;
        }
        phases.enter(Phase.ELECTED);
        contest.won();
        ruling = new Ruling(reign, cores.of(reign), ports, phases::after, stages);
        status = status.withEpoch(reign.epoch());
        stages.elected(reign);
        ruling.tellWhoRules(neighbours.living());
        // Long before their sessions end. The image that is loaded may name them still, and is not believed.
        neighbours.deaths().forEach(this::bury);
    }

    private void loaded(StoreEvent.Loaded loaded) {
        if (!phases.is(Phase.ELECTED) || !ruling.reign().equals(loaded.reign())) {
            return;
        }
        phases.enter(Phase.RULING);
        for (String unreadable : loaded.unreadable()) {
            LOG.error("[{}] {}; nothing is decided about it until it is mended", loaded.reign(), unreadable);
        }
        ClusterImage image = neighbours.withoutTheDead(loaded.image());
        stages.loaded(image);
        ruling.begin(image, loaded.newIds(), producerIdFloor);
        if (settings.autoRebalance()) {
            scheduleRebalance(NodeSettings.FIRST_REBALANCE_MS);
        }
    }

    private void scheduleRebalance(long delayMs) {
        phases.after(delayMs, () -> {
            offer(new Event.RebalanceDue());
            scheduleRebalance(settings.imbalanceCheckIntervalMs());
        });
    }

    private void contestFailed(String reason) {
        if (phases.is(Phase.ELECTED)) {
            surprise(reason);
        } else {
            contest.failed(reason);
        }
    }

    private void controllerObserved(StoreEvent.ControllerObserved observed) {
        contest.observed(observed);
        if (ruling != null && !observed.ours()) {
            surprise(observed.exists() ? "/controller is another's" : "/controller is gone");
        }
    }

    private void epochObserved(int epoch) {
        status = status.withEpoch(epoch);
        if (phases.isPausing()) {
            // An epoch that nobody could read may have been mended: there is no need to wait any longer.
            contest.begin();
        } else if (ruling != null && epoch != ruling.reign().epoch()) {
            surprise("/controller_epoch holds " + epoch);
        }
    }

    private void surprise(String reason) {
        resign(reason);
        contest.beginAfterPause();
    }

    /** Begins the next reign from what ZooKeeper holds, with nobody between: the image was wrong, but nobody else rules. */
    private void renew(String reason) {
        if (!renewals.tryNow(ports.timers().nowMs())) {
            surprise(reason);
            return;
        }
        Reign ended = ruling.reign();
        timeline.renews(ended, reason);
        endReign(reason);
        contest.renew(ended);
    }

    private void resign(String reason) {
        timeline.resigned(ruling.reign(), reason);
        ports.store().resign(ruling.reign());
        endReign(reason);
    }

    private void endReign(String reason) {
        Ruling ended = ruling;
        ruling = null;
        producerIdFloor = Math.max(producerIdFloor, ended.image().producerIdFloor());
        ended.end(reason);
        stages.ended();
    }

    private void publish() {
        ClusterImage image = ruling == null ? ClusterImage.EMPTY : ruling.image();
        status = new LoopStatus(
                ruling != null,
                contest.holder(),
                status.knownEpoch(),
                image,
                ruling == null ? 0 : ruling.waitingEvents());
    }
}
