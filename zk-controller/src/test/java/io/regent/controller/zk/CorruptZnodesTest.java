package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Fault;
import io.regent.controller.Outcome;
import io.regent.metadata.PartitionId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Garbage in each kind of znode that the controller reads: counted while it stands, no hindrance to the reign and to other
 * topics, and as good as new when mended (KAFKA-9478, and two defects seen on stock Kafka 3.9.2).
 */
class CorruptZnodesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String GARBAGE = "garbage";

    private ZkFixture zk;
    private TestNode node;
    private int created;

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        zk.create("/brokers/topics/orders", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private void rule() throws Exception {
        node = TestNode.start(zk, 1);
        until(() -> node.controller().isActive());
        until(() -> isServed("orders"));
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE).ignoreExceptions().until(condition);
    }

    private boolean isServed(String topic) {
        return node.controller()
                .status()
                .image()
                .state(new PartitionId(topic, 0))
                .hasLeader();
    }

    private static int unreadable() throws Exception {
        return (int) ManagementFactory.getPlatformMBeanServer()
                .getAttribute(
                        new ObjectName("kafka.controller:type=KafkaController,name=UnreadableZnodeCount"), "Value");
    }

    private static void untilUnreadable(int count) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(unreadable()).isEqualTo(count));
    }

    /** The same reign goes on, and does what it is asked. */
    private void assertRuling() throws Exception {
        int epoch = node.controller().knownControllerEpoch();
        Answer.CreatedTopic answer = node.createTopic("works-" + created++, 1, 1);
        assertThat(answer.outcome()).isEqualTo(Outcome.OK);
        assertThat(node.controller().knownControllerEpoch()).isEqualTo(epoch);
    }

    @Test
    void aRegistration() throws Exception {
        rule();
        zk.createEphemeral("/brokers/ids/99", GARBAGE);
        untilUnreadable(1);
        assertRuling();
        zk.set(
                "/brokers/ids/99",
                "{\"version\":4,\"listener_security_protocol_map\":{\"PLAINTEXT\":\"PLAINTEXT\"},"
                        + "\"endpoints\":[\"PLAINTEXT://127.0.0.1:9\"],\"host\":\"127.0.0.1\",\"port\":9,"
                        + "\"jmx_port\":-1,\"timestamp\":\"1\"}");
        until(() -> node.controller().status().image().isLive(99));
        untilUnreadable(0);
    }

    @Test
    void aTopicThatWasGarbageWhenTheReignBegan() throws Exception {
        zk.create("/brokers/topics/bad", GARBAGE);
        rule();
        untilUnreadable(1);
        assertRuling();
        zk.set("/brokers/topics/bad", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        until(() -> isServed("bad"));
        untilUnreadable(0);
    }

    @Test
    void aTopicThatWasGarbageFromItsBeginningAndIsOrderedToBeDeleted() throws Exception {
        rule();
        zk.create("/brokers/topics/bad", GARBAGE);
        zk.create("/admin/delete_topics/bad", null);
        until(() -> !zk.exists("/admin/delete_topics/bad"));
        assertThat(zk.exists("/brokers/topics/bad")).isFalse();
        untilUnreadable(0);
    }

    @Test
    void aPartitionsState() throws Exception {
        zk.create("/brokers/topics/bad", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        zk.create("/brokers/topics/bad/partitions", null);
        zk.create("/brokers/topics/bad/partitions/0", null);
        zk.create("/brokers/topics/bad/partitions/0/state", GARBAGE);
        rule();
        untilUnreadable(1);
        assertRuling();
        assertThat(zk.read("/brokers/topics/bad/partitions/0/state")).isEqualTo(GARBAGE);
        zk.set(
                "/brokers/topics/bad/partitions/0/state",
                "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":3,\"isr\":[1]}");
        until(() -> isServed("bad"));
        untilUnreadable(0);
    }

    @Test
    void theController() throws Exception {
        zk.create("/controller", GARBAGE);
        node = TestNode.start(zk, 1);
        untilUnreadable(1);
        zk.delete("/controller");
        until(() -> isServed("orders"));
        untilUnreadable(0);
        assertRuling();
    }

    @Test
    void theControllerEpoch() throws Exception {
        zk.create("/controller_epoch", GARBAGE);
        node = TestNode.start(zk, 1);
        untilUnreadable(1);
        zk.set("/controller_epoch", "7");
        until(() -> isServed("orders"));
        assertThat(node.controller().knownControllerEpoch()).isEqualTo(8);
        untilUnreadable(0);
        assertRuling();
    }

    @Test
    void anOrderToReassign() throws Exception {
        rule();
        zk.create("/admin/reassign_partitions", GARBAGE);
        untilUnreadable(1);
        assertRuling();
        zk.set(
                "/admin/reassign_partitions",
                "{\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"replicas\":[1]}]}");
        until(() -> !zk.exists("/admin/reassign_partitions"));
        untilUnreadable(0);
    }

    @Test
    void anOrderOfPreferredElections() throws Exception {
        rule();
        zk.create("/admin/preferred_replica_election", GARBAGE);
        untilUnreadable(1);
        assertRuling();
        zk.set(
                "/admin/preferred_replica_election",
                "{\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":0}]}");
        until(() -> !zk.exists("/admin/preferred_replica_election"));
        untilUnreadable(0);
    }

    @Test
    void notifications() throws Exception {
        rule();
        zk.create("/isr_change_notification/isr_change_0000000001", GARBAGE);
        zk.create("/log_dir_event_notification/log_dir_event_0000000001", GARBAGE);
        untilUnreadable(2);
        assertRuling();
        zk.create("/log_dir_event_notification/log_dir_event_0000000002", "{\"version\":1,\"broker\":1,\"event\":1}");
        until(() -> !zk.exists("/log_dir_event_notification/log_dir_event_0000000002"));
        zk.delete("/isr_change_notification/isr_change_0000000001");
        zk.delete("/log_dir_event_notification/log_dir_event_0000000001");
        untilUnreadable(0);
    }

    @Test
    void configurations() throws Exception {
        rule();
        zk.create("/config/topics/orders", GARBAGE);
        zk.create("/config/brokers/<default>", GARBAGE);
        untilUnreadable(2);
        assertRuling();
        int epoch = node.controller().knownControllerEpoch();
        zk.set("/config/topics/orders", "{\"version\":1,\"config\":{\"retention.ms\":\"5\"}}");
        zk.set("/config/brokers/<default>", "{\"version\":1,\"config\":{\"log.cleaner.threads\":\"2\"}}");
        until(() -> node.controller()
                .status()
                .image()
                .topic("orders")
                .orElseThrow()
                .config()
                .containsKey("retention.ms"));
        until(() -> node.controller().status().image().brokerConfig().containsKey("log.cleaner.threads"));
        untilUnreadable(0);
        assertThat(node.controller().knownControllerEpoch()).isEqualTo(epoch);
    }

    @Test
    void aMarkerOfATopicThatNobodyKnows() throws Exception {
        rule();
        zk.create("/admin/delete_topics/nobody", GARBAGE);
        until(() -> !zk.exists("/admin/delete_topics/nobody"));
        assertRuling();
    }

    @Test
    void theFeatures() throws Exception {
        zk.create("/feature", GARBAGE);
        rule();
        untilUnreadable(1);
        assertRuling();
        assertThat(zk.read("/feature")).isEqualTo(GARBAGE);
        zk.set("/feature", "{\"features\":{},\"version\":1,\"status\":0}");
        until(() -> zk.read("/feature").equals("{\"features\":{},\"version\":2,\"status\":1}"));
        untilUnreadable(0);
    }

    @Test
    void theProducerIds() throws Exception {
        rule();
        zk.set("/latest_producer_id_block", GARBAGE);
        untilUnreadable(1);
        assertRuling();
        assertThat(allocate().outcome().fault()).isEqualTo(Fault.UNKNOWN_SERVER_ERROR);
        zk.set(
                "/latest_producer_id_block",
                "{\"version\":1,\"broker\":2,\"block_start\":\"1000\",\"block_end\":\"1999\"}");
        untilUnreadable(0);
        until(() -> allocate().block().first() == 2_000);
    }

    private Answer.ProducerIdsAllocated allocate() throws Exception {
        return (Answer.ProducerIdsAllocated)
                node.ask(new Asks.AllocateProducerIds(1, node.registrar().epoch()));
    }
}
