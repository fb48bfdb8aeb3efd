package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Fault;
import io.regent.controller.Outcome;
import io.regent.controller.loop.NotControllerException;
import io.regent.metadata.TopicId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.apache.zookeeper.ZKUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole controllers over a real ZooKeeper, with brokers that only remember what they are told. */
class ReignTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private ZkFixture zk;
    private final List<TestNode> nodes = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        for (int id = 1; id <= 3; id++) {
            nodes.add(TestNode.start(zk, id));
        }
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private TestNode ruler() {
        return await().atMost(PATIENCE)
                .until(
                        () -> nodes.stream()
                                .filter(node -> node.controller().isActive())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private Answer.CreatedTopic createTopic(String name) throws Exception {
        Asks.NewTopic topic = new Asks.NewTopic(
                name, 4, (short) 3, new TreeMap<>(), Map.of(), Outcome.OK, new Asks.Birth(new TopicId(1, 2), 0));
        Answer answer = ruler().controller()
                .ask(new Asks.CreateTopics(List.of(topic), false))
                .get(10, TimeUnit.SECONDS);
        return ((Answer.TopicsCreated) answer).topics().get(0);
    }

    @Test
    void aTopicIsCreatedDurablyAndToldToEachBroker() throws Exception {
        assertThat(createTopic("orders").outcome()).isEqualTo(Outcome.OK);

        assertThat(zk.exists("/brokers/topics/orders/partitions/3/state")).isTrue();
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (TestNode node : nodes) {
                assertThat(node.broker().all(LeaderAndIsrRequest.class))
                        .anySatisfy(told -> assertThat(told.partitionStates()).hasSize(4));
                assertThat(node.broker().all(UpdateMetadataRequest.class))
                        .anySatisfy(told -> assertThat(told.partitionStates()).hasSize(4));
            }
        });
    }

    @Test
    void aTopicThatAToolWritesIsLedGetsAnIdAndGrows() throws Exception {
        TestNode ruler = ruler();
        await().atMost(PATIENCE)
                .until(() -> ruler.controller().status().image().brokers().size() == 3);
        zk.create("/brokers/topics/by-hand", "{\"version\":1,\"partitions\":{\"0\":[1,2]}}");
        await().atMost(PATIENCE).until(() -> zk.exists("/brokers/topics/by-hand/partitions/0/state"));
        assertThat(zk.read("/brokers/topics/by-hand")).contains("\"topic_id\":");

        zk.set("/brokers/topics/by-hand", "{\"version\":1,\"partitions\":{\"0\":[1,2],\"1\":[3,1]}}");
        await().atMost(PATIENCE)
                .until(() -> nodes.get(2).broker().all(LeaderAndIsrRequest.class).stream()
                        .flatMap(told ->
                                StreamSupport.stream(told.partitionStates().spliterator(), false))
                        .anyMatch(state -> state.topicName().equals("by-hand")
                                && state.partitionIndex() == 1
                                && state.leader() == 3));
        assertThat(zk.read("/brokers/topics/by-hand")).contains("\"topic_id\":");

        ZKUtil.deleteRecursive(zk.admin, "/brokers/topics/by-hand");
        await().atMost(PATIENCE)
                .until(() -> ruler.controller().status().image().topics().isEmpty());
        assertThat(ruler.controller().isActive()).isTrue();
    }

    @Test
    void aTopicThatAnotherWritesAtTheSameMomentExistsAndTheRulerRulesOn() throws Exception {
        TestNode ruler = ruler();
        await().atMost(PATIENCE)
                .until(() -> ruler.controller().status().image().brokers().size() == 3);
        int epoch = ruler.controller().knownControllerEpoch();
        String collided = null;
        // Either may be first, and the ruler may see the other's znode in time: until it does not.
        for (int i = 0; i < 100 && collided == null; i++) {
            String topic = "topic-" + i;
            zk.createInBackground("/brokers/topics/" + topic, "{\"version\":1,\"partitions\":{\"0\":[1,2]}}");
            try {
                assertThat(ruler.createTopic(topic, 4, 3).outcome().fault())
                        .isIn(Fault.NONE, Fault.TOPIC_ALREADY_EXISTS);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(NotControllerException.class);
                collided = topic;
            }
        }
        assertThat(collided).as("a topic that was created by two at once").isNotNull();

        assertThat(createTopic(collided).outcome().fault()).isEqualTo(Fault.TOPIC_ALREADY_EXISTS);
        assertThat(ruler()).isEqualTo(ruler);
        assertThat(ruler.controller().knownControllerEpoch()).isEqualTo(epoch + 1);
        String state = "/brokers/topics/" + collided + "/partitions/0/state";
        await().atMost(PATIENCE).until(() -> zk.exists(state));
        assertThat(zk.read(state)).contains("\"isr\":[1,2]");
    }

    @Test
    void allNodesKnowWhoRulesAndHisEpoch() {
        int ruler = ruler().id();
        await().atMost(PATIENCE)
                .until(() -> nodes.stream()
                        .allMatch(node -> node.controller().controllerId().equals(OptionalInt.of(ruler))
                                && node.controller().knownControllerEpoch() == 1));
        assertThat(nodes.stream().filter(node -> node.controller().isActive())).hasSize(1);
    }

    @Test
    void whenTheRulerClosesAnotherRulesWithAHigherEpoch() throws Exception {
        createTopic("orders");
        TestNode first = ruler();
        first.controller().close();

        TestNode second = await().atMost(PATIENCE)
                .until(
                        () -> nodes.stream()
                                .filter(node -> node.id() != first.id()
                                        && node.controller().isActive())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        await().atMost(PATIENCE)
                .until(() ->
                        second.controller().status().image().topic("orders").isPresent());
        await().atMost(PATIENCE)
                .until(() -> second.broker().all(LeaderAndIsrRequest.class).stream()
                        .anyMatch(told -> told.controllerEpoch() == 2 && told.controllerId() == second.id()));
    }

    @Test
    void whenTheRulersSessionExpiresItFollowsAndItsBrokerReturns() throws Exception {
        createTopic("orders");
        TestNode first = ruler();
        zk.expire(first.session());
        await().atMost(PATIENCE)
                .until(() -> nodes.stream()
                        .anyMatch(node -> node.controller().isActive()
                                && node.controller().knownControllerEpoch() == 2
                                && node.controller().status().image().brokers().size() == 3));
        assertThat(createTopic("more").outcome()).isEqualTo(Outcome.OK);
    }

    @Test
    void whenZooKeeperIsAwayAndBackTheClusterGoesOn() throws Exception {
        createTopic("orders");
        zk.restart();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> createTopic("afterwards").outcome().equals(Outcome.OK));
    }
}
