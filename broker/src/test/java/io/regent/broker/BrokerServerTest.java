package io.regent.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerServerTest {
    @TempDir
    private Path dir;

    private TestCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(dir);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aBrokerServesProducersConsumerGroupsAndAdministrators() throws Exception {
        BrokerServer broker = cluster.start(1);
        try (Admin admin = TestCluster.admin(broker)) {
            admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            assertThat(admin.describeCluster()
                            .controller()
                            .get(10, TimeUnit.SECONDS)
                            .id())
                    .isEqualTo(broker.brokerId());
        }
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client(broker), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 100; i++) {
                var unused = producer.send(new ProducerRecord<>("orders", "key" + i, "value" + i));
            }
            producer.flush();
        }
        assertThat(consume(broker, "orders", 100)).hasSize(100);
    }

    @Test
    void aRestartedBrokerHasItsRecordsAndItsGroupsOffsets() throws Exception {
        BrokerServer first = cluster.start(7);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client(first), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("orders", "key", "value")).get(20, TimeUnit.SECONDS);
        }
        assertThat(consume(first, "orders", 1)).containsExactly("value");
        first.shutdown();

        BrokerServer second = cluster.start(7);

        try (Admin admin = TestCluster.admin(second)) {
            assertThat(admin.listConsumerGroupOffsets("readers")
                            .partitionsToOffsetAndMetadata()
                            .get(20, TimeUnit.SECONDS))
                    .hasSize(1)
                    .allSatisfy(
                            (partition, offset) -> assertThat(offset.offset()).isEqualTo(1));
        }
    }

    @Test
    void aBrokerThatHasBeenToldNothingDoesNotSayThatATopicIsUnknown() throws Exception {
        BrokerServer first = cluster.start(1);
        try (Admin admin = TestCluster.admin(first)) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        first.shutdown();

        BrokerServer unruled =
                cluster.start(1, Map.of("regent.node.roles", "broker", "controlled.shutdown.enable", "false"));

        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(client(unruled), new StringDeserializer(), new StringDeserializer())) {
            assertThatThrownBy(() -> consumer.partitionsFor("orders", Duration.ofSeconds(3)))
                    .as("it asks again until it is told or gives up, and finds no topic empty that is full")
                    .isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void anUnreachableZooKeeperIsAClearError() {
        assertThatThrownBy(() -> cluster.start(
                        1,
                        Map.of(
                                "zookeeper.connect", "127.0.0.1:1",
                                "zookeeper.connection.timeout.ms", "300")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void aBrokerWhoseZooKeeperIsAwayStopsAllTheSame() throws Exception {
        // KAFKA-9189
        try (TestingServer own = new TestingServer(InstanceSpec.newInstanceSpec(), true)) {
            BrokerServer broker = cluster.start(1, Map.of("zookeeper.connect", own.getConnectString()));
            own.stop();
            assertThat(CompletableFuture.runAsync(broker::shutdown)).succeedsWithin(Duration.ofSeconds(60));
        }
    }

    @Test
    void aPortInUseIsAClearErrorAndLeavesNoRegistration() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String listener = "PLAINTEXT://127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> cluster.start(1, Map.of("listeners", listener)))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
        cluster.start(1);
    }

    @Test
    void aLogDirectoryOfAnotherBrokerIsAClearError() throws Exception {
        cluster.start(1).shutdown();

        assertThatThrownBy(() -> cluster.start(2, logsOfFirst()))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("meta.properties");
    }

    @Test
    void aLogDirectoryInUseIsAClearError() throws Exception {
        cluster.start(1);

        assertThatThrownBy(() -> cluster.start(2, logsOfFirst()))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(cluster.logs(1).toString());
    }

    @Test
    void aBrokerWithoutAnIdGetsOneAndKeepsIt() throws Exception {
        BrokerServer first = cluster.start(-1);
        int generated = first.brokerId();
        first.shutdown();

        BrokerServer second = cluster.start(-1);

        assertThat(generated).isGreaterThan(1000);
        assertThat(second.brokerId()).isEqualTo(generated);
    }

    private Map<String, String> logsOfFirst() {
        return Map.of("log.dirs", cluster.logs(1).toString());
    }

    private static Properties client(BrokerServer broker) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", TestCluster.address(broker));
        return properties;
    }

    private static List<String> consume(BrokerServer broker, String topic, int count) {
        Properties properties = client(broker);
        properties.setProperty(ConsumerConfig.GROUP_ID_CONFIG, "readers");
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (values.size() < count && System.nanoTime() < deadlineNs) {
                consumer.poll(Duration.ofMillis(200)).forEach(read -> values.add(read.value()));
            }
            consumer.commitSync();
        }
        return values;
    }
}
