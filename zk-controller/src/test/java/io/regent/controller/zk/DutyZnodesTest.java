package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Fault;
import io.regent.controller.Outcome;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.ProducerIdBlock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tools and brokers write into a real ZooKeeper for the controller, and what a reign does about it. */
class DutyZnodesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final PartitionId ORDERS_0 = new PartitionId("orders", 0);
    private static final String ORDERS_0_STATE = "/brokers/topics/orders/partitions/0/state";

    private ZkFixture zk;
    private TestNode ruler;

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        // Led by a broker that is not the preferred one, and followed by one that is away.
        topic(
                "orders",
                "[1,2]",
                "{\"controller_epoch\":1,\"leader\":2,\"version\":1,\"leader_epoch\":0,\"isr\":[1,2]}");
        topic("away", "[1,9]", "{\"controller_epoch\":1,\"leader\":-1,\"version\":1,\"leader_epoch\":0,\"isr\":[9]}");
    }

    private void topic(String name, String replicas, String state) throws Exception {
        zk.create("/brokers/topics/" + name, "{\"version\":1,\"partitions\":{\"0\":" + replicas + "}}");
        zk.create("/brokers/topics/" + name + "/partitions", null);
        zk.create("/brokers/topics/" + name + "/partitions/0", null);
        zk.create("/brokers/topics/" + name + "/partitions/0/state", state);
    }

    private void rule() throws Exception {
        TestNode other = TestNode.start(zk, 1);
        await().atMost(PATIENCE).until(() -> other.controller().isActive());
        ruler = other;
        TestNode.start(zk, 2);
        await().atMost(PATIENCE)
                .until(() -> ruler.controller().status().image().brokers().size() == 2);
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private PartitionState known(PartitionId partition) {
        return ruler.controller().status().image().state(partition);
    }

    private void awaitGone(String path) {
        await().atMost(PATIENCE).until(() -> !zk.exists(path));
    }

    @Test
    void aPreferredElectionThatIsOrderedByZnodeIsHeldAndTheOrderGoes() throws Exception {
        rule();
        await().atMost(PATIENCE).until(() -> known(ORDERS_0).exists());
        zk.create(
                "/admin/preferred_replica_election",
                "{\"version\":1,\"partitions\":[{\"topic\":\"nobody\",\"partition\":0},"
                        + "{\"topic\":\"orders\",\"partition\":0}]}");
        awaitGone("/admin/preferred_replica_election");
        assertThat(known(ORDERS_0).leader()).isEqualTo(1);
        assertThat(zk.read(ORDERS_0_STATE)).contains("\"leader\":1");
    }

    @Test
    void aPreferredElectionThatWasOrderedBeforeTheReignIsHeldByIt() throws Exception {
        zk.createEphemeral(
                "/brokers/ids/2",
                "{\"version\":4,\"listener_security_protocol_map\":{\"PLAINTEXT\":\"PLAINTEXT\"},"
                        + "\"endpoints\":[\"PLAINTEXT://127.0.0.1:9\"],\"host\":\"127.0.0.1\",\"port\":9,"
                        + "\"jmx_port\":-1,\"timestamp\":\"1\"}");
        zk.create(
                "/admin/preferred_replica_election",
                "{\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":0}]}");
        ruler = TestNode.start(zk, 1);
        awaitGone("/admin/preferred_replica_election");
        assertThat(zk.read(ORDERS_0_STATE)).contains("\"leader\":1");
    }

    @Test
    void anIsrThatALeaderWroteItselfIsAdoptedAndTold() throws Exception {
        rule();
        await().atMost(PATIENCE).until(() -> known(ORDERS_0).hasLeader());
        int leader = known(ORDERS_0).leader();
        zk.set(
                ORDERS_0_STATE,
                "{\"controller_epoch\":1,\"leader\":" + leader + ",\"version\":1,\"leader_epoch\":"
                        + known(ORDERS_0).leaderEpoch() + ",\"isr\":[" + leader + "]}");
        int version = zk.stat(ORDERS_0_STATE).getVersion();
        zk.create(
                "/isr_change_notification/isr_change_0000000007",
                "{\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":0}]}");

        awaitGone("/isr_change_notification/isr_change_0000000007");
        assertThat(known(ORDERS_0).version()).isEqualTo(version);
        assertThat(known(ORDERS_0).isr().toList()).containsExactly(leader);
        await().atMost(PATIENCE)
                .until(() -> ruler.broker().all(UpdateMetadataRequest.class).stream()
                        .flatMap(told -> iterable(told.partitionStates()).stream())
                        .anyMatch(told -> told.topicName().equals("orders") && told.zkVersion() == version));
    }

    private static <T> List<T> iterable(Iterable<T> items) {
        List<T> list = new CopyOnWriteArrayList<>();
        items.forEach(list::add);
        return list;
    }

    @Test
    void aBrokerWhoseLogDirectoryFailedIsToldAgainWhatItHolds() throws Exception {
        rule();
        await().atMost(PATIENCE)
                .until(() -> !ruler.broker().all(LeaderAndIsrRequest.class).isEmpty());
        int before = ruler.broker().all(LeaderAndIsrRequest.class).size();
        zk.create("/log_dir_event_notification/log_dir_event_0000000003", "{\"version\":1,\"broker\":1,\"event\":1}");
        awaitGone("/log_dir_event_notification/log_dir_event_0000000003");
        await().atMost(PATIENCE)
                .until(() -> ruler.broker().all(LeaderAndIsrRequest.class).size() > before);
    }

    @Test
    void aTopicThatComesToAllowUncleanElectionsGetsALeaderAtOnce() throws Exception {
        rule();
        PartitionId away = new PartitionId("away", 0);
        await().atMost(PATIENCE).until(() -> known(away).exists());
        assertThat(known(away).hasLeader()).isFalse();
        zk.create(
                "/config/topics/away",
                "{\"version\":1,\"config\":{\"unclean.leader.election.enable\":\"true\",\"retention.ms\":\"5\"}}");
        await().atMost(PATIENCE).until(() -> known(away).leader() == 1);
        assertThat(ruler.controller()
                        .status()
                        .image()
                        .topic("away")
                        .orElseThrow()
                        .config())
                .containsEntry("retention.ms", "5");
    }

    @Test
    void aClusterThatComesToAllowUncleanElectionsGetsLeadersAtOnce() throws Exception {
        rule();
        PartitionId away = new PartitionId("away", 0);
        await().atMost(PATIENCE).until(() -> known(away).exists());
        zk.create(
                "/config/brokers/<default>",
                "{\"version\":1,\"config\":{\"unclean.leader.election.enable\":\"true\"}}");
        await().atMost(PATIENCE).until(() -> known(away).leader() == 1);
    }

    @Test
    void producerIdBlocksNeverOverlapAndOutliveTheReign() throws Exception {
        ruler = TestNode.start(zk, 1);
        await().atMost(PATIENCE).until(() -> ruler.controller().isActive());
        List<CompletableFuture<Answer>> asked = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 20; i++) {
            asked.add(ruler.controller()
                    .ask(new Asks.AllocateProducerIds(1, ruler.registrar().epoch())));
        }
        List<Long> firsts = new CopyOnWriteArrayList<>();
        for (CompletableFuture<Answer> each : asked) {
            Answer.ProducerIdsAllocated answer = (Answer.ProducerIdsAllocated) each.get(10, TimeUnit.SECONDS);
            assertThat(answer.outcome()).isEqualTo(Outcome.OK);
            firsts.add(answer.block().first());
        }
        assertThat(firsts).doesNotHaveDuplicates().contains(0L, 19_000L);
        assertThat(zk.read("/latest_producer_id_block")).contains("\"block_start\":\"19000\",\"block_end\":\"19999\"");

        zk.delete("/controller");
        await().atMost(PATIENCE).ignoreExceptions().until(() -> allocate(1).first() == 20_000L);
    }

    @Test
    void producerIdsThatWereGivenOutOutliveTheirZnodeAndTheReign() throws Exception {
        ruler = TestNode.start(zk, 1);
        await().atMost(PATIENCE).until(() -> ruler.controller().isActive());
        assertThat(allocate(1).last()).isEqualTo(999);

        zk.delete("/latest_producer_id_block");
        // Where the znode is missed only when the next block is written, the reign ends, and the next one answers.
        await().atMost(PATIENCE).ignoreExceptions().until(() -> allocate(1).first() >= 1_000);

        long given = allocate(1).last();
        int epoch = ruler.controller().knownControllerEpoch();
        zk.delete("/latest_producer_id_block");
        zk.delete("/controller");
        await().atMost(PATIENCE)
                .until(() -> ruler.controller().isActive() && ruler.controller().knownControllerEpoch() > epoch);
        assertThat(allocate(1).first()).isGreaterThan(given);
    }

    private ProducerIdBlock allocate(int broker) throws Exception {
        Answer.ProducerIdsAllocated answer = (Answer.ProducerIdsAllocated)
                ruler.ask(new Asks.AllocateProducerIds(broker, ruler.registrar().epoch()));
        assertThat(answer.outcome().fault()).isEqualTo(Fault.NONE);
        return answer.block();
    }

    @Test
    void aNewReignSetsTheFeaturesUp() throws Exception {
        rule();
        await().atMost(PATIENCE).until(() -> zk.exists("/feature"));
        assertThat(zk.read("/feature")).isEqualTo("{\"features\":{},\"version\":2,\"status\":1}");
    }
}
