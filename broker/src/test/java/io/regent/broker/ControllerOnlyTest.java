package io.regent.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that rules and stores nothing, beside a broker. */
class ControllerOnlyTest {
    private static final int BROKER = 1;
    private static final int RULER = 9;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

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
    void itTakesTheReignServesAdministratorsStoresNothingAndGivesTheReignBack() throws Exception {
        BrokerServer broker = cluster.start(BROKER);
        try (Admin admin = TestCluster.admin(broker)) {
            awaitController(admin, BROKER);
            BrokerServer ruler = ruler(RULER);
            awaitController(admin, RULER);

            admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            // The controller answers when it knows the leaders itself; brokers learn of them a moment later.
            TopicDescription orders = await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(
                            () -> admin.describeTopics(List.of("orders"))
                                    .allTopicNames()
                                    .get()
                                    .get("orders"),
                            found -> found.partitions().size() == 3);
            assertThat(orders.partitions())
                    .allSatisfy(partition -> assertThat(partition.replicas())
                            .extracting(Node::id)
                            .containsExactly(BROKER));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(admin.describeCluster().nodes().get())
                                    .extracting(Node::id)
                                    .contains(BROKER, RULER));
            produce(broker);
            try (Admin atRuler = TestCluster.admin(ruler)) {
                assertThat(atRuler.listTopics().names().get(20, TimeUnit.SECONDS))
                        .contains("orders");
                assertThat(atRuler.listConsumerGroups().all().get(20, TimeUnit.SECONDS))
                        .isEmpty();
            }
            assertThat(ruler.title()).isEqualTo("Controller 9 (preferred; stores nothing)");
            assertThat(Files.exists(cluster.logs(RULER))).isFalse();

            ruler.shutdown();
            awaitController(admin, BROKER);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(admin.describeCluster().nodes().get())
                                    .extracting(Node::id)
                                    .containsExactly(BROKER));
        }
    }

    @Test
    void theIdOfABrokerIsRefused() {
        cluster.start(BROKER);
        assertThatThrownBy(() -> ruler(BROKER))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("/brokers/ids/1 exists")
                .hasMessageContaining("an id that no broker uses");
    }

    @Test
    void aBrokerIsRefusedTheIdOfANodeThatOnlyRules() {
        ruler(RULER);
        assertThatThrownBy(() -> cluster.start(RULER))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("/regent/controllers/9 exists");
    }

    @Test
    void aNodeThatDoesNotRuleHangsUpOnClients() throws Exception {
        BrokerServer broker = cluster.start(BROKER);
        BrokerServer first = ruler(8);
        BrokerServer second = ruler(RULER);
        String bootstrap = TestCluster.address(second) + "," + TestCluster.address(broker);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            awaitController(admin, 8);
            assertThat(admin.describeCluster().nodes().get())
                    .extracting(Node::id)
                    .doesNotContain(RULER);

            first.shutdown();
            awaitController(admin, RULER);
        }
    }

    @Test
    void aBrokerThatNeverRulesLeavesTheSeatToWhoeverComesLater() {
        BrokerServer broker = cluster.start(BROKER, Map.of("regent.node.roles", "broker"));
        cluster.start(RULER, Map.of("regent.node.roles", "controller"));
        try (Admin admin = TestCluster.admin(broker)) {
            awaitController(admin, RULER);
        }
        assertThat(broker.title()).isEqualTo("Broker 1 (never rules)");
        // While there is still a controller to ask for a controlled shutdown.
        broker.shutdown();
    }

    private static void produce(BrokerServer broker) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", TestCluster.address(broker));
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("orders", "key", "value")).get(20, TimeUnit.SECONDS);
        }
    }

    private static void awaitController(Admin admin, int id) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(
                        () -> Optional.ofNullable(
                                        admin.describeCluster().controller().get(5, TimeUnit.SECONDS))
                                .map(Node::id),
                        found -> found.equals(Optional.of(id)));
    }

    private BrokerServer ruler(int id) {
        return cluster.start(id, Map.of("regent.node.roles", "controller", "regent.controller.preferred", "true"));
    }
}
