package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.Signal;
import io.regent.cli.node.ZooKeeperView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that stands still under acks=all traffic, where heartbeats are on: it is taken for dead, and comes back. */
@Timeout(ItCluster.TEST_LIMIT_S)
class HungNodeIT {

    private static final String TOPIC = "held";
    private static final int SESSION_TIMEOUT_MS = 40_000;
    private static final Map<String, String> SETTINGS = Map.of(
            "regent.failure.heartbeat.timeout.ms",
            // What a live process may pause for on a machine with too much to do.
            "5000",
            "zookeeper.session.timeout.ms",
            Integer.toString(SESSION_TIMEOUT_MS));

    /** The timeout, a third of it, and what a busy machine takes to elect; far from the end of the session. */
    private static final Duration NOTICED_WITHIN = Duration.ofMillis(SESSION_TIMEOUT_MS / 2);

    @Test
    void aControllerThatStandsStillLosesItsReignAndItsLeadersAndComesBackFenced() throws Exception {
        try (ItCluster cluster = ItCluster.start(3, SETTINGS);
                ZooKeeperView view = cluster.zooKeeper()) {
            ControllerSeat before = cluster.controller();
            int hung = before.brokerId();
            createLedBy(cluster, hung);
            try (AckedLoad load = new AckedLoad(cluster.bootstrap(), TOPIC)) {
                load.awaitMore(100);

                cluster.signal(hung, Signal.STOP);
                try {
                    Awaitility.await("another controller and other leaders")
                            .atMost(NOTICED_WITHIN)
                            .ignoreExceptions()
                            .until(() -> view.controller().epoch() > before.epoch()
                                    && !view.brokers().contains(hung)
                                    && view.leaderOf(TOPIC, 0) != hung
                                    && view.leaderOf(TOPIC, 0) != ControllerSeat.NOBODY);
                } finally {
                    cluster.signal(hung, Signal.CONT);
                }

                Awaitility.await("the node that stood still, registered")
                        .atMost(ItCluster.PATIENCE)
                        .ignoreExceptions()
                        .until(() -> view.brokers().contains(hung));
                cluster.awaitIsr(TOPIC, 3);
                assertThat(cluster.believesToRule(hung)).isFalse();
                assertThat(cluster.believesToRule(cluster.controller().brokerId()))
                        .isTrue();
                load.awaitMore(100);
                load.stopAndVerify();
            }
        }
    }

    @Test
    void aKafkaControllerThatStandsStillIsDeposedByARegentNode() throws Exception {
        int regent = 1;
        int kafka = 2;
        try (MixedCluster cluster =
                        MixedCluster.ruledBy(kafka, 2, new MixedLauncher().kafka("kafka-3.9", kafka), SETTINGS);
                ZooKeeperView view = cluster.nodes().zooKeeper()) {
            ControllerSeat before = cluster.nodes().controller();

            cluster.nodes().signal(kafka, Signal.STOP);
            try {
                Awaitility.await("a reign of Regent's, and the end of the registration")
                        .atMost(NOTICED_WITHIN)
                        .ignoreExceptions()
                        .until(() -> view.controller().brokerId() == regent
                                && view.brokers().equals(List.of(regent)));
            } finally {
                cluster.nodes().signal(kafka, Signal.CONT);
            }

            assertThat(cluster.nodes().controller().epoch()).isGreaterThan(before.epoch());
            cluster.nodes().kill(kafka);
            cluster.nodes().awaitUnregistered(kafka);
            cluster.nodes().startBroker(kafka);
            cluster.nodes().awaitServing(kafka);
            assertThat(cluster.nodes().controller().brokerId()).isEqualTo(regent);
        }
    }

    private static void createLedBy(ItCluster cluster, int leader) throws Exception {
        List<Integer> replicas = List.of(leader, leader % 3 + 1, (leader + 1) % 3 + 1);
        cluster.create(ItCluster.placed(TOPIC, List.of(replicas)).configs(Map.of("min.insync.replicas", "2")));
    }
}
