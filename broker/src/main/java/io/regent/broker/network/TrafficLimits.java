package io.regent.broker.network;

import java.net.InetAddress;
import java.util.Optional;
import org.apache.kafka.common.requests.AbstractResponse;

/**
 * Says how long a client that takes more than its share has to rest. Any thread may ask; it never waits.
 */
public interface TrafficLimits {
    /** Everybody may take what he gets. */
    TrafficLimits NONE = new TrafficLimits() {
        @Override
        public int restMs(Exchanged exchanged) {
            return 0;
        }

        @Override
        public int connectionRestMs(InetAddress address) {
            return 0;
        }
    };

    /**
     * A request that is being answered.
     *
     * @param handledNanos how long a thread has worked on it
     * @param answer empty where the request wants none
     */
    record Exchanged(Request request, int requestBytes, long handledNanos, Optional<AbstractResponse> answer) {}

    /** How long no more is to be read from the connection, in ms; asked once a request, which counts it. */
    int restMs(Exchanged exchanged);

    /** How long a new connection from this address is to be held before it is closed, in ms; 0 lets it in. */
    int connectionRestMs(InetAddress address);
}
