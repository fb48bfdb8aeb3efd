package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.ControllerSettings;
import org.junit.jupiter.api.AfterEach;

/** A loop over ports that a test speaks through, on the test's own thread and in its own time. */
abstract class LoopFixture {

    final FakeStore store = new FakeStore();
    final FakeLink link = new FakeLink();
    final FakePeers peers = new FakePeers();
    final VirtualTimers timers = new VirtualTimers();
    final ControllerMetrics metrics = new ControllerMetrics();
    ControllerLoop loop;

    void start(int nodeId, Candidacy candidacy, boolean autoRebalance, Core.Factory cores) {
        NodeSettings settings =
                new NodeSettings(nodeId, candidacy, false, ControllerSettings.DEFAULTS, autoRebalance, 300_000);
        loop = new ControllerLoop(settings, new Ports(store, link, peers, timers), metrics, () -> {}, cores);
        loop.start();
    }

    @AfterEach
    void removeMetrics() {
        metrics.close();
    }

    void tell(StoreEvent... events) {
        for (StoreEvent event : events) {
            store.tell(event);
        }
        run();
    }

    void run() {
        int turns = 0;
        while (loop.turn()) {
            assertThat(turns++).as("turns of a loop that never rests").isLessThan(100);
        }
    }
}
