package io.regent.controller.link;

import io.regent.metadata.Endpoint;
import java.util.concurrent.Executor;

/** What {@link BrokerChannels} reach brokers through, so that a simulation can give them another. Any thread. */
public interface Transport extends AutoCloseable {

    /** One thread, its clock, and the connections that live on it. Nothing on it may wait. */
    interface Lane extends Executor {

        /** Runs the task once, after this time. */
        void schedule(long delayMs, Runnable task);

        /** Begins to connect. Called on the lane, and so is the listener, after this has returned. */
        BrokerConnection connect(Endpoint endpoint, BrokerConnection.Listener listener);
    }

    /** The lane that the next channel shall use. */
    Lane nextLane();

    /** Closes all connections. */
    @Override
    void close();
}
