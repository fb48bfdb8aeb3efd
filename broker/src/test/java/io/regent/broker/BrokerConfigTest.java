package io.regent.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class BrokerConfigTest {
    private static final String STOCK_PROPERTIES = """
            # As Apache Kafka ships it.
            broker.id=0
            num.network.threads=3
            num.io.threads=8
            socket.send.buffer.bytes=102400
            socket.receive.buffer.bytes=102400
            socket.request.max.bytes=104857600
            log.dirs=/tmp/kafka-logs
            num.partitions=1
            num.recovery.threads.per.data.dir=1
            offsets.topic.replication.factor=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            log.retention.hours=168
            log.retention.check.interval.ms=300000
            zookeeper.connect=localhost:2181
            zookeeper.connection.timeout.ms=18000
            group.initial.rebalance.delay.ms=0
            """;

    @TempDir
    Path directory;

    private static BrokerConfig with(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>(Map.of("zookeeper.connect", "127.0.0.1:2181"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return BrokerConfig.fromMap(properties);
    }

    @Test
    void whatIsNotSetHasKafkasDefault() {
        BrokerConfig config = with();
        assertThat(config.brokerId()).isEqualTo(-1);
        assertThat(config.zookeeperSessionTimeoutMs()).isEqualTo(18_000);
        assertThat(config.zookeeperConnectionTimeoutMs()).isEqualTo(18_000);
        assertThat(config.logDirs()).containsExactly(Path.of("/tmp/kafka-logs"));
        assertThat(config.numNetworkThreads()).isEqualTo(3);
        assertThat(config.replicaLagTimeMaxMs()).isEqualTo(30_000);
        assertThat(config.interBrokerProtocolVersion()).isEqualTo("3.9-IV0");
        assertThat(config.rack()).isEmpty();
        assertThat(config.getInt("offsets.topic.num.partitions")).isEqualTo(50);
        assertThat(new GroupCoordinatorConfig(config).offsetsTopicPartitions()).isEqualTo(50);
    }

    @Test
    void regentsOwnKeysHaveDefaultsToo() {
        BrokerConfig config = with();
        assertThat(config.failureDetectionByConnection()).isTrue();
        assertThat(config.heartbeatTimeoutMs()).isZero();
        assertThat(config.controllerPreferred()).isFalse();
        assertThat(config.hasBrokerRole()).isTrue();
        assertThat(config.hasControllerRole()).isTrue();
        BrokerConfig ruler =
                with("broker.id", "9", "regent.node.roles", "controller", "regent.failure.detection", "session");
        assertThat(ruler.hasBrokerRole()).isFalse();
        assertThat(ruler.failureDetectionByConnection()).isFalse();
    }

    @Test
    void aNodeThatOnlyRulesMustHaveAnIdOfItsOwn() {
        assertThatThrownBy(() -> with("regent.node.roles", "controller", "broker.id", "-1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("broker.id=-1")
                .hasMessageContaining("an id that no broker uses");
    }

    @Test
    void whereOnlySessionsCountNobodyIsAskedForHeartbeats() {
        assertThatThrownBy(() ->
                        with("regent.failure.detection", "session", "regent.failure.heartbeat.timeout.ms", "2000"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("regent.failure.heartbeat.timeout.ms=2000")
                .hasMessageContaining("only ZooKeeper sessions count");
        assertThat(with("regent.failure.heartbeat.timeout.ms", "2000").heartbeatTimeoutMs())
                .isEqualTo(2_000);
    }

    @Test
    void aNodeThatNeverRulesCannotBePreferred() {
        assertThatThrownBy(() -> with("regent.node.roles", "broker", "regent.controller.preferred", "true"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("regent.controller.preferred=true")
                .hasMessageContaining("never rules");
    }

    @Test
    void kafkasOwnPropertiesFileIsAcceptedAndOverridesWin() throws IOException {
        Path file = Files.writeString(directory.resolve("server.properties"), STOCK_PROPERTIES);
        BrokerConfig config = BrokerConfig.load(file, Map.of("broker.id", "7", "log.dirs", "/a, /b"));
        assertThat(config.brokerId()).isEqualTo(7);
        assertThat(config.logDirs()).containsExactly(Path.of("/a"), Path.of("/b"));
        assertThat(config.given()).containsEntry("num.io.threads", "8").containsEntry("broker.id", "7");
        assertThat(config.given()).doesNotContainKey("num.replica.fetchers");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = directory.resolve("absent.properties");
        assertThatThrownBy(() -> BrokerConfig.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("does not exist");
    }

    @Test
    void anUnknownKeyIsAWarningThatNamesIt() {
        Logger logger = (Logger) LoggerFactory.getLogger(BrokerConfig.class);
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        logger.addAppender(events);
        try {
            with("num.io.thread", "8", "listener.name.internal.ssl.client.auth", "none");
        } finally {
            logger.detachAppender(events);
        }
        assertThat(events.list).hasSize(1);
        assertThat(events.list.get(0).getFormattedMessage()).contains("num.io.thread");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num.io.threads            | many            | num.io.threads  | Not a number",
                "num.io.threads            | 0               | num.io.threads  | at least 1",
                "auto.create.topics.enable | perhaps         | auto.create.topics.enable | true or false",
                "log.cleanup.policy        | shred           | log.cleanup.policy | shred",
                "compression.type          | rar             | compression.type | rar",
                "regent.failure.detection  | hope            | regent.failure.detection | session",
                "regent.failure.heartbeat.timeout.ms | 499   | regent.failure.heartbeat.timeout.ms | at least 500",
                "regent.failure.heartbeat.timeout.ms | -1    | regent.failure.heartbeat.timeout.ms | at least 500",
                "regent.node.roles         | observer        | regent.node.roles | observer",
                "process.roles             | broker          | process.roles   | KRaft",
                "broker.id                 | 1001            | broker.id=1001  | reserved.broker.max.id",
                "broker.id                 | -2              | broker.id=-2    | between -1",
                "zookeeper.connect         | ''              | zookeeper.connect | required",
                "log.dirs                  | ','             | log.dirs        | at least one",
                "log.retention.ms          | 0               | log.retention.ms=0 | unlimited",
                "log.cleaner.dedupe.buffer.size | 1000       | log.cleaner.dedupe.buffer.size=1000 | 1 MB",
                "replica.fetch.wait.max.ms | 40000           | replica.fetch.wait.max.ms=40000 | replica.lag.time.max.ms",
                "default.replication.factor | 0              | default.replication.factor=0 | at least 1",
                "inter.broker.protocol.version | 2.8-IV1     | inter.broker.protocol.version=2.8-IV1 | 3.0-IV0",
                "inter.broker.protocol.version | nine        | inter.broker.protocol.version | nine",
                "zookeeper.set.acl         | true            | zookeeper.set.acl=true | not supported",
                "authorizer.class.name     | a.B             | authorizer.class.name=a.B | not supported",
                "max.connections.per.ip.overrides | host      | max.connections.per.ip.overrides=host | host:count",
            })
    void anImpossibleValueIsRefusedWithKeyAndReason(String key, String value, String named, String reason) {
        assertThatThrownBy(() -> with(key, value))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(named)
                .hasMessageContaining(reason);
    }

    @Test
    void severalProblemsAreReportedTogether() {
        assertThatThrownBy(() -> with("num.io.threads", "x", "num.partitions", "0", "log.segment.bytes", "1"))
                .hasMessageContaining("3 problems")
                .hasMessageContaining("num.io.threads")
                .hasMessageContaining("num.partitions")
                .hasMessageContaining("log.segment.bytes");
        assertThatThrownBy(() -> with("broker.id", "-2", "listeners", "PLAINTEXT:9092"))
                .hasMessageContaining("2 problems")
                .hasMessageContaining("broker.id")
                .hasMessageContaining("PLAINTEXT:9092");
    }
}
