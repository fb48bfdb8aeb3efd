package io.regent.controller.loop;

import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.ClusterImage;
import java.util.ArrayDeque;
import java.util.Deque;

/** Takes the time of each stage of a reign, for the timeline and the metrics. Used by the loop only. */
final class ReignClock implements ReignObserver {

    private final Timeline timeline;
    private final Timers timers;
    private final ControllerMetrics metrics;

    private Reign reign;
    private long contestedMs;
    private long electedMs;
    private long decidingMs;
    private long announcingMs;
    private long workedNanos;
    private int brokers;
    private boolean firstAnnouncing;
    /** Since when the decisions are written that are not durable yet, oldest first. */
    private final Deque<Long> committing = new ArrayDeque<>();

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
        ended();
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
    public void decided(Decision decision) {
        long now = timers.nowMs();
        metrics.decided(decision);
        if (isStage(decision)) {
            timeline.decided(reign, decision.changes().size(), now - decidingMs);
        }
        committing.add(now);
    }

    @Override
    public void worked(long nanos, boolean more) {
        workedNanos += nanos;
        if (!more) {
            metrics.worked(workedNanos);
            workedNanos = 0;
        }
    }

    /** One partition's change is everyday business, and would drown the rest. */
    private static boolean isStage(Decision decision) {
        return decision.beginsReign() || decision.changes().size() > 1;
    }

    @Override
    public void durable(Decision decision, int chunks) {
        long sinceMs = committing.remove();
        if (isStage(decision)) {
            timeline.committed(reign, chunks, timers.nowMs() - sinceMs);
        }
        if (decision.beginsReign()) {
            announcingMs = sinceMs;
            metrics.controllerChanged(timers.nowMs() - contestedMs);
            firstAnnouncing = true;
        }
    }

    /** All brokers have answered all that was announced; of interest once a reign. */
    void allTold() {
        if (firstAnnouncing) {
            firstAnnouncing = false;
            timeline.announced(reign, brokers, timers.nowMs() - announcingMs);
        }
    }

    /** Forgets the reign: it is over. */
    void ended() {
        committing.clear();
        workedNanos = 0;
        firstAnnouncing = false;
        metrics.rests();
    }
}
