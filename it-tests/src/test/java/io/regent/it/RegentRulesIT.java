package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Regent's controller rules two Apache Kafka brokers beside its own. */
@Timeout(ItCluster.TEST_LIMIT_S)
class RegentRulesIT {

    private static final int REGENT = 1;
    private static final int KAFKA = 2;
    private static final int OTHER_KAFKA = 3;

    @AutoClose
    private static MixedCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = MixedCluster.ruledBy(REGENT, 3, new MixedLauncher().kafka("kafka-3.9", KAFKA, OTHER_KAFKA), Map.of());
    }

    @Test
    void kafkaBrokersFollowRegentsControllerThroughAClustersLife() throws Exception {
        try (InteropWalk walk = new InteropWalk(cluster)) {
            walk.createTopic();
            try (AckedLoad load = new AckedLoad(cluster.nodes().bootstrap(), InteropWalk.TOPIC)) {
                load.awaitMore(200);
                walk.expandTopic();
                walk.changeConfigAndSeeItObeyed();
                walk.shutDownAndRestart(KAFKA, load);
                walk.electPreferredLeaders();
                walk.killAndRestart(OTHER_KAFKA, load);
                assertThat(load.failures()).isZero();
                walk.electPreferredLeaders();
                walk.moveAPartitionAlong(KAFKA, REGENT, KAFKA, OTHER_KAFKA);
                walk.deleteTopic("moved");
                load.awaitMore(200);

                assertThat(cluster.errorsOf(KAFKA)).as("errors of Kafka").isEmpty();
                assertThat(cluster.errorsOf(OTHER_KAFKA)).as("errors of Kafka").isEmpty();

                ControllerSeat regents = cluster.nodes().controller();
                assertThat(regents.brokerId()).isEqualTo(REGENT);
                cluster.nodes().kill(REGENT);
                ControllerSeat kafkas = cluster.nodes().awaitControllerAfter(regents.epoch());
                assertThat(kafkas.brokerId()).isIn(KAFKA, OTHER_KAFKA);
                load.awaitMore(200);
                walk.restart(REGENT);
                cluster.makeController(REGENT);
                walk.electPreferredLeaders();
                load.awaitMore(200);
                load.stopAndVerify();
                walk.deleteTopic(InteropWalk.TOPIC);
            }
        }
        assertThat(cluster.errorsOf(REGENT)).as("errors of Regent").isEmpty();
    }
}
