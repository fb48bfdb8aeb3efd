package io.regent.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration altered and described while a broker runs, over a real ZooKeeper, as Kafka 3.9.2 answers. */
class ConfigRequestsTest {
    private static final ConfigResource ORDERS = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    private static final ConfigResource BROKER = new ConfigResource(ConfigResource.Type.BROKER, "1");
    private static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final ConfigResource LOGGERS = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");

    @TempDir
    private static Path dir;

    private static TestCluster cluster;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        cluster = new TestCluster(dir);
        admin = TestCluster.admin(cluster.start(1, Map.of("log.retention.hours", "24")));
        admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() {
        admin.close();
        cluster.close();
    }

    @Test
    void aTopicsConfigurationIsAlteredAndDescribedWithItsSources() throws Exception {
        alter(ORDERS, op("retention.ms", OpType.SET, "60000"), op("cleanup.policy", OpType.APPEND, "compact"));

        ConfigEntry retention = describe(ORDERS).get("retention.ms");
        assertThat(retention.value()).isEqualTo("60000");
        assertThat(retention.source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(describe(ORDERS).get("cleanup.policy").value()).isEqualTo("delete,compact");

        alter(ORDERS, op("retention.ms", OpType.DELETE, null), op("cleanup.policy", OpType.DELETE, null));
        assertThat(describe(ORDERS).get("retention.ms").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
    }

    @Test
    void whatIsSetForBrokersBecomesTheDefaultOfTopics() throws Exception {
        alter(ALL_BROKERS, op("log.segment.bytes", OpType.SET, "2000000"));
        awaitTopic("segment.bytes", "2000000", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        alter(BROKER, op("log.segment.bytes", OpType.SET, "3000000"));
        awaitTopic("segment.bytes", "3000000", ConfigSource.DYNAMIC_BROKER_CONFIG);

        ConfigEntry described = describe(BROKER).get("log.segment.bytes");
        assertThat(described.isReadOnly()).isFalse();
        assertThat(described.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::source)
                .containsExactly(
                        ConfigSource.DYNAMIC_BROKER_CONFIG,
                        ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG,
                        ConfigSource.DEFAULT_CONFIG);
        assertThat(describe(ALL_BROKERS).get("log.segment.bytes").value()).isEqualTo("2000000");

        alter(BROKER, op("log.segment.bytes", OpType.DELETE, null));
        alter(ALL_BROKERS, op("log.segment.bytes", OpType.DELETE, null));
        awaitTopic("segment.bytes", "1073741824", ConfigSource.DEFAULT_CONFIG);
        assertThat(describe(ALL_BROKERS).get("log.segment.bytes")).isNull();
    }

    @Test
    void aBrokersConfigurationIsDescribedAsKafkaDescribesIt() throws Exception {
        Config described = describe(BROKER);
        assertThat(described.get("log.retention.hours").source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(described.get("log.retention.ms").synonyms()).isEmpty();
        assertThat(described.get("delete.topic.enable").value()).isEqualTo("true");
        assertThat(described.get("inter.broker.protocol.version").value()).isEqualTo("3.9-IV0");
        assertThat(described.get("log.dirs").isReadOnly()).isTrue();
        assertThat(described.get("num.network.threads").isReadOnly()).isTrue();
        assertThat(described.get("ssl.keystore.password").isSensitive()).isTrue();
        assertThat(described.get("num.io.threads").documentation()).isNotBlank();
    }

    @Test
    void aThrottleIsShownAndTakenAway() throws Exception {
        alter(BROKER, op("leader.replication.throttled.rate", OpType.SET, "1000"));
        Awaitility.await().until(() -> describe(BROKER).get("leader.replication.throttled.rate") != null);
        ConfigEntry rate = describe(BROKER).get("leader.replication.throttled.rate");
        assertThat(rate.value()).isEqualTo("1000");
        assertThat(rate.source()).isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG);

        alter(BROKER, op("leader.replication.throttled.rate", OpType.DELETE, null));
        Awaitility.await().until(() -> describe(BROKER).get("leader.replication.throttled.rate") == null);
    }

    @Test
    void badAlterationsAreRefusedAndChangeNothing() throws Exception {
        refused(ORDERS, InvalidConfigurationException.class, "retention.ms", op("retention.ms", OpType.SET, "soon"));
        refused(ORDERS, InvalidConfigurationException.class, "no.such", op("no.such", OpType.SET, "1"));
        refused(ORDERS, InvalidConfigurationException.class, "segment.ms", op("segment.ms", OpType.APPEND, "1"));
        refused(
                new ConfigResource(ConfigResource.Type.TOPIC, "nowhere"),
                UnknownTopicOrPartitionException.class,
                "nowhere",
                op("retention.ms", OpType.SET, "1"));
        refused(
                new ConfigResource(ConfigResource.Type.TOPIC, ""),
                InvalidRequestException.class,
                "Default topic",
                op("retention.ms", OpType.SET, "1"));
        refused(
                new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "x"),
                InvalidRequestException.class,
                "Unknown resource type 16",
                op("metrics", OpType.SET, "1"));
        refused(BROKER, InvalidRequestException.class, "log.dirs", op("log.dirs", OpType.SET, "/x"));
        refused(ALL_BROKERS, InvalidRequestException.class, "no.such", op("no.such", OpType.SET, "1"));
        assertThat(describe(ORDERS).get("retention.ms").isDefault()).isTrue();
    }

    @Test
    void aChangeThatIsOnlyValidatedIsNotMade() throws Exception {
        admin.incrementalAlterConfigs(
                        Map.of(ORDERS, List.of(op("flush.ms", OpType.SET, "5"))),
                        new AlterConfigsOptions().validateOnly(true))
                .all()
                .get(10, TimeUnit.SECONDS);
        assertThat(describe(ORDERS).get("flush.ms").isDefault()).isTrue();
        assertThatThrownBy(() -> admin.incrementalAlterConfigs(
                                Map.of(ORDERS, List.of(op("flush.ms", OpType.SET, "x"))),
                                new AlterConfigsOptions().validateOnly(true))
                        .all()
                        .get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    @SuppressWarnings("deprecation") // Older clients still send AlterConfigs.
    void theOlderRequestReplacesAllThatIsSet() throws Exception {
        alter(ORDERS, op("segment.jitter.ms", OpType.SET, "5"));
        admin.alterConfigs(Map.of(ORDERS, new Config(List.of(new ConfigEntry("index.interval.bytes", "5000")))))
                .all()
                .get(10, TimeUnit.SECONDS);
        assertThat(describe(ORDERS).get("segment.jitter.ms").isDefault()).isTrue();
        assertThat(describe(ORDERS).get("index.interval.bytes").value()).isEqualTo("5000");
    }

    @Test
    void levelsOfLoggersAreAlteredAndGivenBack() throws Exception {
        String name = BrokerServer.class.getName();
        alter(LOGGERS, op(name, OpType.SET, "TRACE"));
        assertThat(describe(LOGGERS).get(name).value()).isEqualTo("TRACE");
        alter(LOGGERS, op(name, OpType.DELETE, null));
        assertThat(describe(LOGGERS).get(name).value())
                .isEqualTo(describe(LOGGERS).get("root").value());

        refused(LOGGERS, InvalidConfigurationException.class, "LOUD", op(name, OpType.SET, "LOUD"));
        refused(LOGGERS, InvalidConfigurationException.class, "no.such", op("no.such.logger", OpType.SET, "INFO"));
        refused(LOGGERS, InvalidRequestException.class, "root", op("root", OpType.DELETE, null));
        refused(LOGGERS, InvalidRequestException.class, "APPEND", op(name, OpType.APPEND, "INFO"));
    }

    private static AlterConfigOp op(String key, OpType type, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), type);
    }

    private static void alter(ConfigResource resource, AlterConfigOp... ops) throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = Map.of(resource, List.of(ops));
        admin.incrementalAlterConfigs(changes).all().get(10, TimeUnit.SECONDS);
    }

    private static void refused(
            ConfigResource resource, Class<? extends ApiException> error, String named, AlterConfigOp... ops) {
        assertThatThrownBy(() -> alter(resource, ops))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(error)
                .hasMessageContaining(named);
    }

    private static Config describe(ConfigResource resource) throws Exception {
        Collection<ConfigResource> asked = new ArrayList<>(List.of(resource));
        return admin.describeConfigs(
                        asked,
                        new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true))
                .all()
                .get(10, TimeUnit.SECONDS)
                .get(resource);
    }

    private static void awaitTopic(String key, String value, ConfigSource source) {
        Awaitility.await(key + "=" + value).until(() -> {
            ConfigEntry entry = describe(ORDERS).get(key);
            return entry.value().equals(value) && entry.source() == source;
        });
    }
}
