package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Apache Kafka's controller rules two Regent brokers beside its own, as an operator has it who adds Regent to a cluster. */
@Timeout(ItCluster.TEST_LIMIT_S)
class KafkaRulesIT {

    private static final int KAFKA = 1;
    private static final int REGENT = 2;
    private static final int OTHER_REGENT = 3;

    @AutoClose
    private static MixedCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = MixedCluster.ruledBy(KAFKA, 3, new MixedLauncher().kafka("kafka-3.9", KAFKA), Map.of());
    }

    @Test
    void regentBrokersFollowKafkasControllerThroughAClustersLife() throws Exception {
        try (InteropWalk walk = new InteropWalk(cluster)) {
            walk.createTopic();
            try (AckedLoad load = new AckedLoad(cluster.nodes().bootstrap(), InteropWalk.TOPIC)) {
                load.awaitMore(200);
                walk.forgeAController(REGENT);
                walk.expandTopic();
                walk.changeConfigAndSeeItObeyed();
                walk.shutDownAndRestart(REGENT, load);
                walk.electPreferredLeaders();
                walk.killAndRestart(OTHER_REGENT, load);
                assertThat(load.failures()).isZero();
                walk.electPreferredLeaders();
                walk.moveAPartitionAlong(KAFKA, REGENT, KAFKA, OTHER_REGENT);
                walk.deleteTopic("moved");

                assertThat(cluster.errorsOf(KAFKA)).as("errors of Kafka").isEmpty();
                assertThat(cluster.errorsOf(REGENT)).as("errors of Regent").isEmpty();

                ControllerSeat kafkas = cluster.nodes().controller();
                assertThat(kafkas.brokerId()).isEqualTo(KAFKA);
                cluster.nodes().kill(KAFKA);
                cluster.nodes().awaitControllerAfter(kafkas.epoch());
                load.awaitMore(200);
                walk.restart(KAFKA);
                cluster.makeController(KAFKA);
                walk.electPreferredLeaders();
                load.awaitMore(200);
                load.stopAndVerify();
                walk.deleteTopic(InteropWalk.TOPIC);
            }
        }
    }
}
