package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Regent's controller rules brokers of Apache Kafka 3.0, the oldest line whose leaders change the ISR through it. */
@Timeout(ItCluster.TEST_LIMIT_S)
class OldKafkaIT {

    private static final int REGENT = 1;
    private static final int KAFKA = 2;
    private static final int OTHER_KAFKA = 3;

    @AutoClose
    private static MixedCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = MixedCluster.ruledBy(REGENT, 3, new MixedLauncher().kafka("kafka-3.0", KAFKA, OTHER_KAFKA), Map.of());
    }

    @Test
    void brokersOfKafka30FollowRegentsController() throws Exception {
        try (InteropWalk walk = new InteropWalk(cluster)) {
            walk.createTopic();
            try (AckedLoad load = new AckedLoad(cluster.nodes().bootstrap(), InteropWalk.TOPIC)) {
                load.awaitMore(200);
                walk.expandTopic();
                walk.shutDownAndRestart(KAFKA, load);
                walk.electPreferredLeaders();
                walk.moveAPartitionAlong(KAFKA, REGENT, OTHER_KAFKA);
                walk.deleteTopic("moved");
                load.stopAndVerify();
                assertThat(load.failures()).isZero();
            }
        }
        assertThat(cluster.nodes().controller().brokerId()).isEqualTo(REGENT);
        assertThat(cluster.errorsOf(KAFKA)).as("errors of Kafka").isEmpty();
    }
}
