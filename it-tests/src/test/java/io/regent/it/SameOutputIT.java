package io.regent.it;

import static io.regent.it.KafkaTool.CONFIGS;
import static io.regent.it.KafkaTool.ELECTION;
import static io.regent.it.KafkaTool.REASSIGN;
import static io.regent.it.KafkaTool.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import io.regent.it.PeerProcess.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's tools print the same to an operator whether Regent or Apache Kafka rules the brokers of Apache Kafka. */
@Timeout(ItCluster.TEST_LIMIT_S)
class SameOutputIT {

    private static final int REGENT = 1;
    private static final int KAFKA = 2;
    private static final int OTHER_KAFKA = 3;

    @AutoClose
    private static MixedCluster cluster;

    /**
     * A tool's arguments, and a text that it prints once the broker that it asks has learned of all before: it has to
     * tell what is asked for from what was there before.
     */
    private record Step(String awaited, KafkaTool tool, String arguments) {}

    @TempDir
    private Path directory;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = MixedCluster.ruledBy(REGENT, 3, new MixedLauncher().kafka("kafka-3.9", KAFKA, OTHER_KAFKA), Map.of());
    }

    @Test
    void kafkasToolsPrintTheSameUnderEitherController() throws Exception {
        String plan = plan("plan", "tooled", "2,1");
        String unknown = plan("unknown", "tooled", "2,9");
        String slow = plan("slow", "slow", "2,1");
        String configured = "--entity-type topics --entity-name tooled";
        List<Step> script = List.of(
                new Step("exit 0", TOPICS, "--create --topic tooled --replica-assignment 3:2,2:3"),
                new Step("already exists", TOPICS, "--create --topic tooled --partitions 2"),
                new Step("PartitionCount: 2", TOPICS, "--describe --topic tooled"),
                new Step("exit 0", TOPICS, "--alter --topic tooled --partitions 3 --replica-assignment 3:2,2:3,3:2"),
                new Step("PartitionCount: 3", TOPICS, "--describe --topic tooled"),
                new Step("higher than", TOPICS, "--alter --topic tooled --partitions 2"),
                new Step("Completed", CONFIGS, configured + " --alter --add-config retention.ms=60000"),
                new Step("Not a number", CONFIGS, configured + " --alter --add-config retention.ms=many"),
                new Step("retention.ms=60000", CONFIGS, configured + " --describe"),
                new Step("already elected", ELECTION, "--election-type preferred --topic tooled --partition 0"),
                new Step("could not be elected", ELECTION, "--election-type preferred --topic untold --partition 0"),
                new Step("Successfully started", REASSIGN, plan + " --execute --throttle 1000000"),
                new Step("is completed", REASSIGN, plan + " --verify"),
                new Step("None of", REASSIGN, plan + " --cancel"),
                new Step("Unknown broker", REASSIGN, unknown + " --execute"),
                new Step("No partition", REASSIGN, "--list"),
                new Step("was set to 1 B/s", REASSIGN, slow + " --execute --throttle 1"),
                new Step("still in progress", REASSIGN, slow + " --verify"),
                new Step("adding: 1. removing: 3", REASSIGN, "--list"),
                new Step("Replicas: 2,1,3\tIsr: 3,2\tAdding Replicas: 1", TOPICS, "--describe --topic slow"),
                new Step("Cannot execute because", REASSIGN, slow + " --execute --throttle 1"),
                new Step("Successfully cancelled", REASSIGN, slow + " --cancel"),
                new Step("is 2,3 rather than 2,1", REASSIGN, slow + " --verify"),
                new Step("Replicas: 2,3\tIsr: 3,2\tElr", TOPICS, "--describe --topic slow"),
                new Step("exit 0", TOPICS, "--delete --topic slow"),
                new Step("Replicas: 2,1\tIsr: 2,1\tElr", TOPICS, "--describe --topic tooled"),
                new Step("exit 0", TOPICS, "--delete --topic tooled"),
                new Step("does not exist as expected", TOPICS, "--delete --topic tooled"));

        createSlowTopic();
        String underRegent = outputOf(script);
        assertThat(cluster.nodes().controller().brokerId()).isEqualTo(REGENT);
        cluster.makeController(KAFKA);
        createSlowTopic();
        String underKafka = outputOf(script);

        assertThat(underRegent).isEqualTo(underKafka);
    }

    /** The option that names a plan to move a topic. */
    private String plan(String name, String topic, String replicas) throws Exception {
        Path file = directory.resolve(name + ".json");
        return "--reassignment-json-file " + KafkaTool.plan(file, topic, "\"replicas\":[" + replicas + "]");
    }

    /**
     * A topic whose leaders may send a byte a second to replicas not in sync, which is one fetch of a megabyte each time that
     * the last one has left the window of measurement: of so many bytes that no tool is late.
     */
    private static void createSlowTopic() throws Exception {
        NewTopic slow = ItCluster.placed("slow", List.of(List.of(OTHER_KAFKA, KAFKA)))
                .configs(Map.of("leader.replication.throttled.replicas", "*"));
        AlterConfigOp crawl =
                new AlterConfigOp(new ConfigEntry("leader.replication.throttled.rate", "1"), AlterConfigOp.OpType.SET);
        try (Admin admin = cluster.nodes().admin()) {
            for (int broker : List.of(KAFKA, OTHER_KAFKA)) {
                admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(broker)),
                                List.of(crawl)))
                        .all()
                        .get();
            }
        }
        // The last one of this name may still be on its way out.
        cluster.nodes().awaitForgotten("slow");
        // An idempotent producer whose first batch comes before the leader knows of its role, and the next one after,
        // never ends.
        cluster.nodes().create(slow);
        Map<String, Object> settings =
                Map.of("bootstrap.servers", cluster.nodes().bootstrap());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                sent.add(producer.send(new ProducerRecord<>("slow", 0, null, new byte[64 * 1024])));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    /** All tools' output but for topic ids, which differ, and the places in the client where an error was thrown. */
    private String outputOf(List<Step> script) throws Exception {
        Path file = directory.resolve("script");
        String asked = " --bootstrap-server " + cluster.nodes().bootstrap() + " ";
        Files.write(
                file,
                script.stream()
                        .flatMap(step -> Stream.of(step.awaited(), step.tool().mainClass() + asked + step.arguments()))
                        .toList());
        Result result = PeerProcess.java("kafka-3.9", ToolScript.class.getName(), file.toString());
        return result.succeeded()
                .lines()
                .filter(line -> !line.startsWith("\tat ") && !line.startsWith("log4j:"))
                .map(line -> line.replaceAll("TopicId: \\S+", "TopicId: *"))
                .collect(Collectors.joining("\n"));
    }
}
