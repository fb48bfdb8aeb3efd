package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.it.PeerProcess.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Apache Kafka's own command-line tools, unchanged, against three Regent brokers. */
class KafkaToolsIT {

    private static final String TOPICS = "org.apache.kafka.tools.TopicCommand";
    private static final String GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    private static final String ELECTION = "org.apache.kafka.tools.LeaderElectionCommand";
    private static final String CONFIGS = "kafka.admin.ConfigCommand";
    private static final String API_VERSIONS = "kafka.admin.BrokerApiVersionsCommand";

    @AutoClose
    private static ItCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = ItCluster.start(3, Map.of());
    }

    @Test
    void topicsAreCreatedDescribedExpandedListedAndDeleted() throws Exception {
        create("orders", "--partitions", "3", "--replication-factor", "3");
        String described = tool(TOPICS, "--describe", "--topic", "orders");
        assertThat(described).contains("PartitionCount: 3", "ReplicationFactor: 3", "Partition: 2");
        assertThat(described).doesNotContain("Leader: none");

        tool(TOPICS, "--alter", "--topic", "orders", "--partitions", "5");
        awaitTool(told -> assertThat(told).contains("PartitionCount: 5"), TOPICS, "--describe", "--topic", "orders");

        assertThat(tool(TOPICS, "--list")).contains("orders");
        tool(TOPICS, "--delete", "--topic", "orders");
        cluster.awaitForgotten("orders");
        assertThat(tool(TOPICS, "--list")).doesNotContain("orders");
    }

    @Test
    void aTopicThatExistsIsNotCreatedAgain() throws Exception {
        create("twice", "--partitions", "1");
        Result second = run(TOPICS, "--create", "--topic", "twice", "--partitions", "1");
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.output()).contains("Topic 'twice' already exists");
    }

    @Test
    void groupsAreListedDescribedResetAndDeleted() throws Exception {
        PeerProcess.java("kafka-3.9", ClientProbe.class.getName(), cluster.bootstrap(), "grouped", "100")
                .succeeded();

        assertThat(tool(GROUPS, "--list")).contains("grouped-group");
        assertThat(tool(GROUPS, "--describe", "--group", "grouped-group")).contains("grouped", "CURRENT-OFFSET");
        String reset = tool(
                GROUPS, "--reset-offsets", "--to-earliest", "--all-topics", "--group", "grouped-group", "--execute");
        assertThat(reset).contains("grouped");
        assertThat(tool(GROUPS, "--delete", "--group", "grouped-group")).contains("successful");
        assertThat(tool(GROUPS, "--list")).doesNotContain("grouped-group");
    }

    @Test
    void aPreferredElectionThatIsNotNeededIsNoError() throws Exception {
        create("elected", "--partitions", "3", "--replication-factor", "3");
        assertThat(tool(ELECTION, "--election-type", "preferred", "--all-topic-partitions"))
                .doesNotContain("Error");
    }

    @Test
    void configurationsOfATopicAndABrokerAreDescribed() throws Exception {
        create("configured", "--config", "retention.ms=60000");
        assertThat(tool(CONFIGS, "--describe", "--entity-type", "topics", "--entity-name", "configured"))
                .contains("retention.ms=60000");
        assertThat(tool(CONFIGS, "--describe", "--entity-type", "brokers", "--entity-name", "1", "--all"))
                .contains("inter.broker.protocol.version=3.9", "delete.topic.enable=true");
    }

    @Test
    void configurationsOfATopicABrokerAllBrokersAndLoggersAreAltered() throws Exception {
        create("altered");
        String[] topic = {"--entity-type", "topics", "--entity-name", "altered"};
        assertThat(configs(topic, "--alter", "--add-config", "retention.ms=60000"))
                .contains("Completed updating config for topic altered.");
        awaitConfigs(topic, told -> assertThat(told).contains("retention.ms=60000", "DYNAMIC_TOPIC_CONFIG"));
        configs(topic, "--alter", "--delete-config", "retention.ms");
        awaitConfigs(topic, told -> assertThat(told).doesNotContain("retention.ms"));

        String[] all = {"--entity-type", "brokers", "--entity-default"};
        assertThat(configs(all, "--alter", "--add-config", "log.cleaner.threads=2"))
                .contains("Completed updating default config for brokers in the cluster.");
        awaitConfigs(
                all,
                told -> assertThat(told)
                        .contains("log.cleaner.threads=2", "DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.threads=2"));

        String[] one = {"--entity-type", "brokers", "--entity-name", "2"};
        configs(one, "--alter", "--add-config", "log.retention.ms=7200000");
        awaitConfigs(
                one,
                told -> assertThat(told)
                        .contains(
                                "DYNAMIC_BROKER_CONFIG:log.retention.ms=7200000",
                                "DEFAULT_CONFIG:log.retention.hours=168"));

        String[] loggers = {"--entity-type", "broker-loggers", "--entity-name", "2"};
        configs(loggers, "--alter", "--add-config", "io.regent.broker.BrokerServer=DEBUG");
        assertThat(configs(loggers, "--describe")).contains("io.regent.broker.BrokerServer=DEBUG");
    }

    @Test
    void anAlterationThatCannotBeIsRefusedByName() throws Exception {
        Result refused = run(
                CONFIGS,
                "--entity-type",
                "brokers",
                "--entity-name",
                "1",
                "--alter",
                "--add-config",
                "log.dirs=/elsewhere");
        assertThat(refused.output()).contains("Cannot update these configs dynamically", "log.dirs");
    }

    private static String configs(String[] entity, String... arguments) throws Exception {
        return tool(CONFIGS, joined(entity, arguments));
    }

    private static void awaitConfigs(String[] entity, Consumer<String> expected) {
        awaitTool(expected, CONFIGS, joined(entity, "--describe"));
    }

    private static String[] joined(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    /** Creates a topic of three replicas and waits until each broker knows it, as a tool asks any of them. */
    private static void create(String topic, String... options) throws Exception {
        tool(TOPICS, joined(new String[] {"--create", "--topic", topic}, options));
        cluster.awaitIsr(topic, 3);
    }

    /** Runs a tool until it prints what is expected: the broker that it asks may take in a change a moment later. */
    private static void awaitTool(Consumer<String> expected, String mainClass, String... arguments) {
        Awaitility.await(mainClass + " " + List.of(arguments))
                .pollDelay(Duration.ZERO)
                .atMost(ItCluster.PATIENCE)
                .untilAsserted(() -> expected.accept(tool(mainClass, arguments)));
    }

    @Test
    void eachBrokerTellsItsApiVersions() throws Exception {
        assertThat(tool(API_VERSIONS)).contains("Produce(0): 0 to 11", "Metadata(3): 0 to 12");
    }

    private static String tool(String mainClass, String... arguments) throws Exception {
        return run(mainClass, arguments).succeeded();
    }

    private static Result run(String mainClass, String... arguments) throws Exception {
        String[] all = joined(new String[] {"--bootstrap-server", cluster.bootstrap()}, arguments);
        return PeerProcess.java("kafka-3.9", mainClass, all);
    }
}
