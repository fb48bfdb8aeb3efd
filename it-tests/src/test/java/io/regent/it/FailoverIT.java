package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.Condition;
import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.Signal;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kills, pauses and outages under acks=all traffic: nothing acknowledged is lost, and everything heals by itself. */
@Timeout(ItCluster.TEST_LIMIT_S)
class FailoverIT {

    private static final String TOPIC = "precious";

    @AutoClose
    private ItCluster cluster;

    @AutoClose
    private AckedLoad load;

    @BeforeEach
    void startClusterAndLoad() throws Exception {
        cluster = ItCluster.start(3, Map.of("zookeeper.session.timeout.ms", "6000"));
        cluster.create(new NewTopic(TOPIC, 6, (short) 3).configs(Map.of("min.insync.replicas", "2")));
        load = new AckedLoad(cluster.bootstrap(), TOPIC);
        load.awaitMore(100);
    }

    @Test
    void aKilledControllerIsReplacedAndComesBackIntoTheIsr() throws Exception {
        ControllerSeat first = cluster.controller();

        cluster.kill(first.brokerId());
        ControllerSeat second = cluster.awaitControllerAfter(first.epoch());
        assertThat(second.brokerId()).isNotEqualTo(first.brokerId());
        load.awaitMore(500);
        cluster.awaitIsr(TOPIC, 2);
        cluster.startBroker(first.brokerId());

        awaitFullIsr();
        load.awaitMore(500);
        load.stopAndVerify();
    }

    @Test
    void aKilledBrokerThatRestartsAtOnceTruncatesAndRejoins() throws Exception {
        int leader = cluster.leaderOf(TOPIC, 0);
        cluster.kill(leader);
        cluster.startBroker(leader);

        cluster.awaitServing(1, 2, 3);
        awaitFullIsr();
        load.awaitMore(500);
        // What is read in the end is its own log.
        cluster.electPreferredLeaders(TOPIC);
        assertThat(cluster.leaderOf(TOPIC, 0)).isEqualTo(leader);
        load.stopAndVerify();
    }

    @Test
    void aRollingRestartFailsNoProduce() throws Exception {
        for (int broker : List.of(1, 2, 3)) {
            cluster.shutDown(broker);
            assertThat(cluster.logOf(broker)).contains("The controller has moved all leaders away");
            load.awaitMore(200);
            cluster.startBroker(broker);
            cluster.awaitServing(broker);
            awaitFullIsr();
        }

        load.stopAndVerify();
        assertThat(load.failures()).isZero();
    }

    @Test
    void aControllerPausedPastItsSessionIsFencedWhenItWakes() throws Exception {
        ControllerSeat first = cluster.controller();

        cluster.signal(first.brokerId(), Signal.STOP);
        ControllerSeat second = cluster.awaitControllerAfter(first.epoch());
        cluster.awaitIsr(TOPIC, 2);
        cluster.signal(first.brokerId(), Signal.CONT);

        awaitFullIsr();
        assertThat(cluster.controller()).isEqualTo(second);
        assertThat(cluster.believesToRule(second.brokerId())).isTrue();
        assertThat(cluster.believesToRule(first.brokerId())).isFalse();
        assertThat(cluster.local().conditionOf(NodeName.broker(first.brokerId())))
                .isEqualTo(Condition.RUNNING);
        load.awaitMore(500);
        load.stopAndVerify();
    }

    @Test
    void withoutZooKeeperLeadersServeOnAndWithItTheClusterHeals() throws Exception {
        cluster.stopZooKeeper();
        load.awaitMore(2_000);
        cluster.startZooKeeper();

        ControllerSeat before = cluster.controller();
        cluster.kill(before.brokerId());
        cluster.awaitControllerAfter(before.epoch());
        cluster.startBroker(before.brokerId());

        cluster.awaitServing(before.brokerId());
        awaitFullIsr();
        load.awaitMore(500);
        load.stopAndVerify();
    }

    /** Waits until all three replicas of each partition are in sync. */
    private void awaitFullIsr() {
        cluster.awaitIsr(TOPIC, 3);
    }
}
