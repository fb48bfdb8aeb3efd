package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Outcome;
import io.regent.controller.link.FakeBroker;
import io.regent.controller.link.LinkSettings;
import io.regent.controller.link.NettyBrokerLink;
import io.regent.controller.loop.ControllerNode;
import io.regent.controller.loop.NodeSettings;
import io.regent.controller.loop.PeerWatch;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.TopicId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole controllers over a real ZooKeeper, with brokers that only remember what they are told. */
class ReignTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private ZkFixture zk;
    private final List<Node> nodes = new ArrayList<>();

    private record Node(int id, ZkSession session, ControllerNode controller, FakeBroker broker) {}

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        for (int id = 1; id <= 3; id++) {
            nodes.add(node(id));
        }
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private Node node(int id) throws Exception {
        FakeBroker broker = zk.own(new FakeBroker());
        ZkSession session = zk.session("node-" + id);
        BrokerRegistrar registrar = new BrokerRegistrar(session, epoch -> {});
        registrar.register(registration(id, broker.port())).get(10, TimeUnit.SECONDS);
        ControllerNode controller = zk.own(new ControllerNode(
                new NodeSettings(id, ControllerSettings.DEFAULTS, false, 300_000),
                new ZkStore(session, id, registrar::isHeld),
                new NettyBrokerLink(new LinkSettings(id, "PLAINTEXT", 5_000, 100_000_000)),
                PeerWatch.NONE));
        controller.start();
        return new Node(id, session, controller, broker);
    }

    private static BrokerRegistration registration(int id, int port) {
        return new BrokerRegistration(
                id,
                -1,
                List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", port)),
                Optional.empty(),
                -1,
                Map.of(),
                0,
                5);
    }

    private Node ruler() {
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
            for (Node node : nodes) {
                assertThat(node.broker().all(LeaderAndIsrRequest.class))
                        .anySatisfy(told -> assertThat(told.partitionStates()).hasSize(4));
                assertThat(node.broker().all(UpdateMetadataRequest.class))
                        .anySatisfy(told -> assertThat(told.partitionStates()).hasSize(4));
            }
        });
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
        Node first = ruler();
        first.controller().close();

        Node second = await().atMost(PATIENCE)
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
        Node first = ruler();
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
        zk.server.restart();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> createTopic("afterwards").outcome().equals(Outcome.OK));
    }
}
