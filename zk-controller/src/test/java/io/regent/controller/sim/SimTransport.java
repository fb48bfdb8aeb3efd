package io.regent.controller.sim;

import io.regent.controller.link.BrokerConnection;
import io.regent.controller.link.Transport;
import io.regent.metadata.Endpoint;
import java.util.function.Consumer;

/** How one simulated controller reaches brokers. */
final class SimTransport implements Transport {

    private final SimNetwork network;
    private final SimNode from;
    private final SimProcess process;
    private final Consumer<RuntimeException> onFailure;

    SimTransport(SimNetwork network, SimNode from, SimProcess process, Consumer<RuntimeException> onFailure) {
        this.network = network;
        this.from = from;
        this.process = process;
        this.onFailure = onFailure;
    }

    @Override
    public Lane nextLane() {
        SimThread thread = new SimThread(process, onFailure);
        return new Lane() {
            @Override
            public void execute(Runnable task) {
                thread.execute(task);
            }

            @Override
            public void schedule(long delayMs, Runnable task) {
                thread.schedule(delayMs, task);
            }

            @Override
            public BrokerConnection connect(Endpoint endpoint, BrokerConnection.Listener listener) {
                SimNode to = network.at(endpoint.port());
                SimLink link = new SimLink(network, from, to, thread, listener);
                process.onDeath(() -> link.breakOff(true));
                return link;
            }
        };
    }

    @Override
    public void close() {}
}
