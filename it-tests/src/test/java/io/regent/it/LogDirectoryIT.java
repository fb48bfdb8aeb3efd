package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One broker, and so one copy of everything, whose software is exchanged again and again while its log directory and its
 * id stay: Apache Kafka and Regent find all that the other one left.
 */
@Timeout(ItCluster.TEST_LIMIT_S)
class LogDirectoryIT {

    private static final int BROKER = 1;
    private static final String TOPIC = "kept";
    private static final String GROUP = "keeping";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final String KAFKA_PEER = "kafka-3.9";

    @AutoClose
    private static MixedCluster cluster;

    @BeforeAll
    static void startKafka() throws Exception {
        // The internal topics have one copy, and several segments of the topic are rolled.
        cluster = MixedCluster.ruledBy(
                BROKER,
                1,
                new MixedLauncher().kafka(KAFKA_PEER, BROKER),
                Map.of("log.segment.bytes", "16384", "log.index.size.max.bytes", "4096"));
    }

    @Test
    void kafkaAndRegentTakeOverEachOthersLogDirectoryAndLoseNothing() throws Exception {
        cluster.nodes().create(new NewTopic(TOPIC, 3, (short) 1));
        Uuid topicId = topicId();
        try (AckedLoad load = new AckedLoad(cluster.nodes().bootstrap(), TOPIC)) {
            load.awaitMore(500);
            commit(200);

            stopCleanly();
            startAsRegent();
            assertThat(log()).as("Regent believes Kafka's clean shutdown").doesNotContain("after an unclean shutdown");
            load.awaitMore(500);
            assertThat(committed()).isEqualTo(200);
            commit(400);

            cluster.nodes().kill(BROKER);
            startAsKafka();
            load.awaitMore(500);
            assertThat(committed()).isEqualTo(400);
            commit(600);

            cluster.nodes().kill(BROKER);
            startAsRegent();
            load.awaitMore(500);
            assertThat(committed()).isEqualTo(600);
            commit(800);
            assertThat(log())
                    .as("neither believes that a broker which was killed has shut down cleanly")
                    .contains("after an unclean shutdown")
                    .doesNotContain("since clean shutdown file was found");

            stopCleanly();
            startAsKafka();
            assertThat(log())
                    .as("Kafka believes Regent's clean shutdown")
                    .contains("since clean shutdown file was found");
            load.awaitMore(500);
            assertThat(committed()).isEqualTo(800);
            load.stopAndVerify();
            assertThat(load.failures()).isZero();
        }
        assertThat(topicId()).isEqualTo(topicId);
        assertThat(cluster.errorsOf(BROKER)).isEmpty();
    }

    private static Uuid topicId() throws Exception {
        try (Admin admin = cluster.nodes().admin()) {
            return admin.describeTopics(List.of(TOPIC))
                    .allTopicNames()
                    .get()
                    .get(TOPIC)
                    .topicId();
        }
    }

    private static void commit(long offset) throws Exception {
        try (Admin admin = cluster.nodes().admin()) {
            admin.alterConsumerGroupOffsets(GROUP, Map.of(PARTITION, new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        }
    }

    private static long committed() throws Exception {
        try (Admin admin = cluster.nodes().admin()) {
            return admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(PARTITION)
                    .offset();
        }
    }

    private static void stopCleanly() {
        cluster.nodes().shutDown(BROKER);
    }

    private static void startAsRegent() {
        cluster.launcher().regent(BROKER);
        cluster.nodes().startBroker(BROKER);
        cluster.nodes().awaitServing(BROKER);
    }

    private static void startAsKafka() {
        cluster.nodes().awaitUnregistered(BROKER);
        cluster.launcher().kafka(KAFKA_PEER, BROKER);
        cluster.nodes().startBroker(BROKER);
        cluster.nodes().awaitServing(BROKER);
    }

    private static String log() throws IOException {
        return cluster.nodes().logOf(BROKER);
    }
}
