package io.regent.cli.bench;

import javax.management.ObjectName;

/**
 * Reads from a controller's JMX beans how long its one thread has been busy with events, as it says itself: the sum over all of
 * Kafka's {@code RateAndTimeMs} timers.
 *
 * <p>One thread.
 */
final class BusyClock implements AutoCloseable {
    private static final ObjectName TIMERS =
            NodeBeans.name("kafka.controller:type=ControllerStats,name=*RateAndTimeMs");

    private final NodeBeans beans;

    private BusyClock(NodeBeans beans) {
        this.beans = beans;
    }

    static BusyClock of(long pid) {
        return new BusyClock(NodeBeans.of(pid));
    }

    /** Milliseconds since the node started. */
    double busyMs() {
        double busyMs = 0;
        for (ObjectName timer : beans.matching(TIMERS)) {
            busyMs += beans.number(timer, "Count").longValue()
                    * beans.number(timer, "Mean").doubleValue();
        }
        return busyMs;
    }

    @Override
    public void close() {
        beans.close();
    }
}
