package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions are moved between four brokers, by Apache Kafka's own tool and under acks=all traffic. */
class ReassignIT {

    private static final List<List<Integer>> ORIGIN = List.of(List.of(1, 2));

    @AutoClose
    private static ItCluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = ItCluster.start(4, Map.of());
    }

    @Test
    void kafkasToolMovesAPartitionAndNothingAcknowledgedIsLost() throws Exception {
        cluster.create(ItCluster.placed("moved", ORIGIN));
        try (AckedLoad load = new AckedLoad(cluster.bootstrap(), "moved")) {
            load.awaitMore(100);
            Path plan = plan("moved", "4,3");

            assertThat(run("--execute", plan)).contains("Successfully started partition reassignment for moved-0");
            awaitReplicas("moved", 4, 3);
            load.awaitMore(100);

            // There are no throttles to remove.
            assertThat(run("--verify", plan, "--preserve-throttles"))
                    .contains("Reassignment of partition moved-0 is completed");
            load.stopAndVerify();
        }
    }

    @Test
    void aReassignmentGoesOnWhenItsControllerIsKilled() throws Exception {
        createSlow("survivor");
        Path plan = plan("survivor", "3,4");
        try (AckedLoad load = new AckedLoad(cluster.bootstrap(), "survivor")) {
            load.awaitMore(100);
            ControllerSeat before = cluster.controller();
            run("--execute", plan, "--throttle", "1000");
            cluster.kill(before.brokerId());
            cluster.awaitControllerAfter(before.epoch());
            cluster.startBroker(before.brokerId());
            cluster.awaitServing(before.brokerId());
            assertThat(run("--verify", plan, "--preserve-throttles")).contains("survivor-0 is still in progress");

            run("--execute", plan, "--additional", "--throttle", "1000000000");
            awaitReplicas("survivor", 3, 4);
            assertThat(run("--verify", plan)).contains("survivor-0 is completed");
            load.awaitMore(100);
            load.stopAndVerify();
        }
    }

    @Test
    void aThrottledMoveIsSlowUntilItsThrottleIsRaisedAndVerifyingRemovesIt() throws Exception {
        createSlow("throttled");
        Path plan = plan("throttled", "3,4");

        assertThat(run("--execute", plan, "--throttle", "1000"))
                .contains("throttle limit was set to 1000 B/s", "Successfully started partition reassignment");
        awaitConfig(ConfigResource.Type.BROKER, "3", config -> {
            ConfigEntry rate = config.get("follower.replication.throttled.rate");
            return rate != null && rate.value().equals("1000");
        });
        assertThat(run("--verify", plan, "--preserve-throttles")).contains("throttled-0 is still in progress");

        assertThat(run("--execute", plan, "--additional", "--throttle", "1000000000"))
                .contains("throttle limit was set to 1000000000 B/s");
        awaitReplicas("throttled", 3, 4);

        assertThat(run("--verify", plan))
                .contains(
                        "throttled-0 is completed",
                        "Clearing broker-level throttles",
                        "Clearing topic-level throttles");
        awaitConfig(
                ConfigResource.Type.BROKER, "3", config -> config.get("follower.replication.throttled.rate") == null);
        awaitConfig(
                ConfigResource.Type.TOPIC,
                "throttled",
                config -> config.get("leader.replication.throttled.replicas").isDefault());
    }

    @Test
    void aMoveThatIsCancelledLeavesNothingOnItsTargets() throws Exception {
        createSlow("cancelled");
        Path plan = plan("cancelled", "3,4");
        run("--execute", plan, "--throttle", "1000");
        awaitHolders("cancelled", 1, 2, 3, 4);

        assertThat(run("--cancel", plan)).contains("Successfully cancelled partition reassignment for: cancelled-0");

        awaitReplicas("cancelled", 1, 2);
        awaitHolders("cancelled", 1, 2);
    }

    /** Waits until these brokers have a log of the topic, and no others. */
    private static void awaitHolders(String topic, Integer... brokers) throws Exception {
        try (Admin admin = cluster.admin()) {
            Awaitility.await(topic + " held by " + List.of(brokers))
                    .atMost(ItCluster.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> holders(admin, topic).equals(Set.of(brokers)));
        }
    }

    private static Set<Integer> holders(Admin admin, String topic) throws Exception {
        Set<Integer> holders = new HashSet<>();
        admin.describeLogDirs(List.of(1, 2, 3, 4))
                .allDescriptions()
                .get()
                .forEach((broker, directories) -> directories.values().stream()
                        .filter(directory -> directory.replicaInfos().containsKey(new TopicPartition(topic, 0)))
                        .forEach(directory -> holders.add(broker)));
        return holders;
    }

    /**
     * A topic whose move from brokers 1 and 2 to 3 and 4 crawls from its beginning: brokers take in the throttle that a tool
     * sets a moment after it is set, and by then the tool has begun the move. A throttled replica is sent one of the records each
     * time that the last one has left the window of measurement, so it lacks some for minutes.
     */
    private static void createSlow(String topic) throws Exception {
        List<AlterConfigOp> crawl = Stream.of(
                        "leader.replication.throttled.rate", "follower.replication.throttled.rate")
                .map(rate -> new AlterConfigOp(new ConfigEntry(rate, "1"), AlterConfigOp.OpType.SET))
                .toList();
        for (String broker : List.of("1", "2", "3", "4")) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
            try (Admin admin = cluster.admin()) {
                admin.incrementalAlterConfigs(Map.of(resource, crawl)).all().get();
            }
            awaitConfig(
                    ConfigResource.Type.BROKER,
                    broker,
                    config -> crawl.stream()
                            .map(AlterConfigOp::configEntry)
                            .allMatch(rate -> config.get(rate.name()).value().equals(rate.value())));
        }
        cluster.create(ItCluster.placed(topic, ORIGIN)
                .configs(Map.of(
                        "leader.replication.throttled.replicas",
                        "0:1,0:2",
                        "follower.replication.throttled.replicas",
                        "0:3,0:4")));
        produce(topic, 30, 900_000);
    }

    private static void produce(String topic, int records, int bytes) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", cluster.bootstrap(), "acks", "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                // Each another one, or they would be taken for copies.
                byte[] value = ByteBuffer.allocate(bytes).putInt(i).array();
                producer.send(new ProducerRecord<>(topic, value)).get();
            }
        }
    }

    /** Brokers take in what is set for them a moment after it is set. */
    private static void awaitConfig(ConfigResource.Type type, String name, Predicate<Config> expected)
            throws Exception {
        ConfigResource resource = new ConfigResource(type, name);
        try (Admin admin = cluster.admin()) {
            Awaitility.await("the configuration of " + resource)
                    .atMost(ItCluster.PATIENCE)
                    .ignoreExceptions()
                    .until(
                            () -> admin.describeConfigs(List.of(resource))
                                    .all()
                                    .get()
                                    .get(resource),
                            expected);
        }
    }

    private static void awaitReplicas(String topic, Integer... replicas) {
        cluster.awaitReassigned(topic, List.of(List.of(replicas)));
    }

    private Path plan(String topic, String replicas) throws Exception {
        return KafkaTool.plan(directory.resolve(topic + ".json"), topic, "\"replicas\":[" + replicas + "]");
    }

    private static String run(String action, Path plan, String... options) throws Exception {
        return KafkaTool.reassign(cluster, action, plan, options);
    }
}
