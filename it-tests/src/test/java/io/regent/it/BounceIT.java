package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.Signal;
import io.regent.cli.node.ZooKeeperView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What Kafka's own system tests do to a cluster, under acks=all traffic on three replicas of which two must be in sync:
 * everything acknowledged is consumed, once.
 */
@Timeout(ItCluster.TEST_LIMIT_S)
class BounceIT {

    private static final int ROUNDS = 5;
    private static final int BROKERS = 4;

    @AutoClose
    private static ItCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        // A replica that is silent leaves the ISR long before its session ends.
        cluster = ItCluster.start(
                BROKERS, Map.of("replica.lag.time.max.ms", "4000", "zookeeper.session.timeout.ms", "30000"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Signal.class,
            names = {"TERM", "KILL"})
    void leadersAndControllersBounceFiveTimesEach(Signal signal) throws Exception {
        String topic = "bounced-" + signal;
        create(topic, List.of(List.of(1, 2, 3), List.of(2, 3, 1), List.of(3, 1, 2)));
        try (AckedLoad load = new AckedLoad(cluster.bootstrap(), topic)) {
            load.awaitMore(100);
            for (int round = 0; round < ROUNDS; round++) {
                bounce(cluster.leaderOf(topic, 0), signal);
                awaitFullIsr(topic);
                ControllerSeat before = cluster.controller();
                bounce(before.brokerId(), signal);
                cluster.awaitControllerAfter(before.epoch());
                awaitFullIsr(topic);
                load.awaitMore(50);
            }
            load.stopAndVerify();
        }
    }

    @Test
    void aFollowerThatIsPausedLeavesTheIsrAndComesBackWhenItIsResumed() throws Exception {
        String topic = "paused";
        create(topic, List.of(List.of(1, 2, 3)));
        int controller = cluster.controller().brokerId();
        int leader = cluster.leaderOf(topic, 0);
        int follower = Stream.of(1, 2, 3)
                .filter(id -> id != leader && id != controller)
                .findFirst()
                .orElseThrow();
        try (AckedLoad load = new AckedLoad(cluster.bootstrap(), topic)) {
            load.awaitMore(100);

            cluster.signal(follower, Signal.STOP);
            try {
                cluster.awaitIsr(topic, 2);
                try (ZooKeeperView view = cluster.zooKeeper()) {
                    assertThat(view.brokers())
                            .as("its leader missed it, not ZooKeeper")
                            .contains(follower);
                }
                load.awaitMore(100);
            } finally {
                cluster.signal(follower, Signal.CONT);
            }

            awaitFullIsr(topic);
            load.awaitMore(100);
            load.stopAndVerify();
        }
    }

    @Test
    void twentyPartitionsAreReassignedWhileEverySecondBrokerBounces() throws Exception {
        String topic = "reassigned";
        List<List<Integer>> origin = new ArrayList<>();
        List<List<Integer>> target = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            origin.add(replicasFrom(number));
            target.add(replicasFrom(number + 2));
        }
        create(topic, origin);
        try (AckedLoad load = new AckedLoad(cluster.bootstrap(), topic)) {
            load.awaitMore(500);
            cluster.reassign(topic, target);
            bounce(2, Signal.TERM);
            bounce(4, Signal.TERM);

            cluster.awaitReassigned(topic, target);
            load.awaitMore(100);
            load.stopAndVerify();
        }
    }

    /** Three of the four brokers, beginning at one. */
    private static List<Integer> replicasFrom(int start) {
        return List.of(start % BROKERS + 1, (start + 1) % BROKERS + 1, (start + 2) % BROKERS + 1);
    }

    private static void bounce(int broker, Signal signal) {
        if (signal == Signal.KILL) {
            cluster.kill(broker);
        } else {
            cluster.shutDown(broker);
        }
        cluster.startBroker(broker);
        cluster.awaitServing(broker);
    }

    private static void create(String topic, List<List<Integer>> replicas) throws Exception {
        cluster.create(ItCluster.placed(topic, replicas).configs(Map.of("min.insync.replicas", "2")));
    }

    private static void awaitFullIsr(String topic) {
        cluster.awaitIsr(topic, 3);
    }
}
