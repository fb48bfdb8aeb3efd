package io.regent.controller.link;

import com.yammer.metrics.core.Timer;
import java.util.concurrent.TimeUnit;

/**
 * Takes how long what a broker must be told has waited when the request is sent, as Kafka does. Used on the channel's lane
 * only; what it measures decides nothing.
 */
final class QueueTime {

    private static final long NOTHING_WAITS = -1;

    private final Timer timer;
    private long sinceNs = NOTHING_WAITS;

    QueueTime(Timer timer) {
        this.timer = timer;
    }

    /** Something waits now, if nothing did before. */
    void queued() {
        if (sinceNs == NOTHING_WAITS) {
            sinceNs = System.nanoTime();
        }
    }

    /** A request has left; whatever still waits is counted from here. */
    void sent(boolean moreWaits) {
        long nowNs = System.nanoTime();
        timer.update(sinceNs == NOTHING_WAITS ? 0 : nowNs - sinceNs, TimeUnit.NANOSECONDS);
        sinceNs = moreWaits ? nowNs : NOTHING_WAITS;
    }
}
