package io.regent.controller.loop;

import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.ClusterImage;

/** Takes the time of each stage of a reign, for the timeline and the metrics. Used by the loop only. */
final class ReignClock implements ReignObserver {

    private final Timeline timeline;
    private final Timers timers;
    private final ControllerMetrics metrics;

    private Reign reign;
    private long contestedMs;
    private long electedMs;
    private long decidingMs;
    private long committingMs;
    private int brokers;
    private int firstChunks;
    private boolean firstAnnouncing;

    ReignClock(Timeline timeline, Timers timers, ControllerMetrics metrics) {
        this.timeline = timeline;
        this.timers = timers;
        this.metrics = metrics;
    }

    void contesting() {
        contestedMs = timers.nowMs();
    }

    void elected(Reign newReign) {
        reign = newReign;
        electedMs = timers.nowMs();
        firstAnnouncing = false;
        timeline.elected(reign, electedMs - contestedMs);
    }

    void loaded(ClusterImage image) {
        brokers = image.brokers().size();
        timeline.loaded(reign, image.topics().size(), image.partitionCount(), brokers, timers.nowMs() - electedMs);
    }

    @Override
    public void deciding(Event event, long waitedMs) {
        metrics.deciding(event, waitedMs);
        decidingMs = timers.nowMs();
    }

    @Override
    public void decided(Decision decision, int chunks) {
        long now = timers.nowMs();
        metrics.decided(decision, now - decidingMs);
        if (decision.beginsReign() || decision.changes().size() > 1) {
            timeline.decided(reign, decision.changes().size(), now - decidingMs);
        }
        if (decision.beginsReign()) {
            firstChunks = chunks;
            committingMs = now;
        }
    }

    @Override
    public void durable(Decision decision) {
        if (decision.beginsReign()) {
            timeline.committed(reign, firstChunks, timers.nowMs() - committingMs);
            metrics.controllerChanged(timers.nowMs() - contestedMs);
            firstAnnouncing = true;
        }
    }

    /** All brokers have answered all that was announced; of interest once a reign. */
    void allTold() {
        if (firstAnnouncing) {
            firstAnnouncing = false;
            timeline.announced(reign, brokers, timers.nowMs() - committingMs);
        }
    }

    void ended() {
        firstAnnouncing = false;
    }
}
