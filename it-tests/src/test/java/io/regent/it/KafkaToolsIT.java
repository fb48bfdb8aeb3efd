package io.regent.it;

import static io.regent.it.KafkaTool.API_VERSIONS;
import static io.regent.it.KafkaTool.CONFIGS;
import static io.regent.it.KafkaTool.ELECTION;
import static io.regent.it.KafkaTool.GROUPS;
import static io.regent.it.KafkaTool.TOPICS;
import static io.regent.it.KafkaTool.joined;
import static org.assertj.core.api.Assertions.assertThat;

import io.regent.it.PeerProcess.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Apache Kafka's own command-line tools, unchanged, against three Regent brokers. */
class KafkaToolsIT {

    @AutoClose
    private static ItCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = ItCluster.start(3, Map.of());
    }

    @Test
    void topicsAreCreatedDescribedExpandedListedAndDeleted() throws Exception {
        create("orders", "--partitions", "3", "--replication-factor", "3");
        String described = TOPICS.on(cluster, "--describe", "--topic", "orders");
        assertThat(described).contains("PartitionCount: 3", "ReplicationFactor: 3", "Partition: 2");
        assertThat(described).doesNotContain("Leader: none");

        TOPICS.on(cluster, "--alter", "--topic", "orders", "--partitions", "5");
        awaitTool(told -> assertThat(told).contains("PartitionCount: 5"), TOPICS, "--describe", "--topic", "orders");

        assertThat(TOPICS.on(cluster, "--list")).contains("orders");
        TOPICS.on(cluster, "--delete", "--topic", "orders");
        cluster.awaitForgotten("orders");
        assertThat(TOPICS.on(cluster, "--list")).doesNotContain("orders");
    }

    @Test
    void aTopicThatExistsIsNotCreatedAgain() throws Exception {
        create("twice", "--partitions", "1");
        Result second = TOPICS.run(cluster, "--create", "--topic", "twice", "--partitions", "1");
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.output()).contains("Topic 'twice' already exists");
    }

    @Test
    void groupsAreListedDescribedResetAndDeleted() throws Exception {
        PeerProcess.java("kafka-3.9", ClientProbe.class.getName(), cluster.bootstrap(), "grouped", "100")
                .succeeded();

        assertThat(GROUPS.on(cluster, "--list")).contains("grouped-group");
        assertThat(GROUPS.on(cluster, "--describe", "--group", "grouped-group"))
                .as("all is consumed: the end, and no lag")
                .containsPattern("grouped-group +grouped +0 +([1-9]\\d*) +\\1 +0 ");
        GROUPS.on(cluster, "--reset-offsets", "--to-earliest", "--all-topics", "--group", "grouped-group", "--execute");
        assertThat(GROUPS.on(cluster, "--describe", "--group", "grouped-group"))
                .as("all is still to be consumed: the beginning, and a lag up to the end")
                .containsPattern("grouped-group +grouped +0 +0 +([1-9]\\d*) +\\1 ");
        assertThat(GROUPS.on(cluster, "--delete", "--group", "grouped-group")).contains("successful");
        assertThat(GROUPS.on(cluster, "--list")).doesNotContain("grouped-group");
    }

    @Test
    void aPreferredElectionThatIsNotNeededIsNoError() throws Exception {
        create("elected", "--partitions", "3", "--replication-factor", "3");
        assertThat(ELECTION.on(cluster, "--election-type", "preferred", "--all-topic-partitions"))
                .doesNotContain("Error");
    }

    @Test
    void configurationsOfATopicAndABrokerAreDescribed() throws Exception {
        create("configured", "--config", "retention.ms=60000");
        assertThat(CONFIGS.on(cluster, "--describe", "--entity-type", "topics", "--entity-name", "configured"))
                .contains("retention.ms=60000");
        assertThat(CONFIGS.on(cluster, "--describe", "--entity-type", "brokers", "--entity-name", "1", "--all"))
                .contains("inter.broker.protocol.version=3.9", "delete.topic.enable=true");
    }

    @Test
    void configurationsOfATopicABrokerAllBrokersAndLoggersAreAltered() throws Exception {
        create("altered");
        List<String> topic = List.of("--entity-type", "topics", "--entity-name", "altered");
        assertThat(configs(topic, "--alter", "--add-config", "retention.ms=60000"))
                .contains("Completed updating config for topic altered.");
        awaitConfigs(topic, told -> assertThat(told).contains("retention.ms=60000", "DYNAMIC_TOPIC_CONFIG"));
        configs(topic, "--alter", "--delete-config", "retention.ms");
        awaitConfigs(topic, told -> assertThat(told).doesNotContain("retention.ms"));

        List<String> all = List.of("--entity-type", "brokers", "--entity-default");
        assertThat(configs(all, "--alter", "--add-config", "log.cleaner.threads=2"))
                .contains("Completed updating default config for brokers in the cluster.");
        awaitConfigs(
                all,
                told -> assertThat(told)
                        .contains("log.cleaner.threads=2", "DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.threads=2"));

        List<String> one = List.of("--entity-type", "brokers", "--entity-name", "2");
        configs(one, "--alter", "--add-config", "log.retention.ms=7200000");
        awaitConfigs(
                one,
                told -> assertThat(told)
                        .contains(
                                "DYNAMIC_BROKER_CONFIG:log.retention.ms=7200000",
                                "DEFAULT_CONFIG:log.retention.hours=168"));

        List<String> loggers = List.of("--entity-type", "broker-loggers", "--entity-name", "2");
        configs(loggers, "--alter", "--add-config", "io.regent.broker.BrokerServer=DEBUG");
        assertThat(configs(loggers, "--describe")).contains("io.regent.broker.BrokerServer=DEBUG");
    }

    @Test
    void anAlterationThatCannotBeIsRefusedByName() throws Exception {
        Result refused = CONFIGS.run(
                cluster,
                "--entity-type",
                "brokers",
                "--entity-name",
                "1",
                "--alter",
                "--add-config",
                "log.dirs=/elsewhere");
        assertThat(refused.output()).contains("Cannot update these configs dynamically", "log.dirs");
    }

    private static String configs(List<String> entity, String... arguments) throws Exception {
        return CONFIGS.on(cluster, joined(entity, arguments));
    }

    private static void awaitConfigs(List<String> entity, Consumer<String> expected) {
        awaitTool(expected, CONFIGS, joined(entity, "--describe"));
    }

    /** Creates a topic of three replicas and waits until each broker knows it, as a tool asks any of them. */
    private static void create(String topic, String... options) throws Exception {
        TOPICS.on(cluster, joined(List.of("--create", "--topic", topic), options));
        cluster.awaitIsr(topic, 3);
    }

    /** Runs a tool until it prints what is expected: the broker that it asks may take in a change a moment later. */
    private static void awaitTool(Consumer<String> expected, KafkaTool tool, String... arguments) {
        Awaitility.await(tool + " " + List.of(arguments))
                .pollDelay(Duration.ZERO)
                .atMost(ItCluster.PATIENCE)
                .untilAsserted(() -> expected.accept(tool.on(cluster, arguments)));
    }

    @Test
    void eachBrokerTellsItsApiVersions() throws Exception {
        assertThat(API_VERSIONS.on(cluster)).contains("Produce(0): 0 to 11", "Metadata(3): 0 to 12");
    }
}
