package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.ControllerSettings;
import io.regent.controller.link.BrokerChannels;
import io.regent.controller.link.FakeBroker;
import io.regent.controller.link.LinkSettings;
import io.regent.controller.loop.Candidacy;
import io.regent.controller.loop.ControllerNode;
import io.regent.controller.loop.NodeSettings;
import io.regent.controller.loop.PeerWatch;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.RegentNodeZnodes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A preferred node that only rules, beside a broker that may rule too, over a real ZooKeeper. */
class PreferredReignTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private ZkFixture zk;

    private record Node(CuratorSession session, ControllerNode controller, FakeBroker listener) {}

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private Node broker(int id) throws Exception {
        CuratorSession session = zk.session("broker-" + id);
        FakeBroker listener = zk.own(new FakeBroker());
        BrokerRegistrar registrar = new BrokerRegistrar(session, BrokerZnode.PARENT, epoch -> {});
        registrar.register(registration(id, listener.port())).get(10, TimeUnit.SECONDS);
        return node(id, session, listener, registrar, Candidacy.ORDINARY);
    }

    private Node ruler(int id) throws Exception {
        CuratorSession session = zk.session("ruler-" + id);
        FakeBroker listener = zk.own(new FakeBroker());
        new ClusterZnodes(session)
                .create(List.of(RegentNodeZnodes.CONTROLLERS, RegentNodeZnodes.PREFERRED))
                .get(10, TimeUnit.SECONDS);
        BrokerRegistration own = registration(id, listener.port());
        BrokerRegistrar registrar = new BrokerRegistrar(session, RegentNodeZnodes.CONTROLLERS, epoch -> {});
        registrar.register(own).get(10, TimeUnit.SECONDS);
        new BrokerRegistrar(session, RegentNodeZnodes.PREFERRED, epoch -> {})
                .register(own)
                .get(10, TimeUnit.SECONDS);
        return node(id, session, listener, registrar, Candidacy.PREFERRED);
    }

    private Node node(
            int id, CuratorSession session, FakeBroker listener, BrokerRegistrar registrar, Candidacy candidacy) {
        boolean onlyRules = candidacy == Candidacy.PREFERRED;
        Optional<BrokerRegistration> unregistered =
                onlyRules ? Optional.of(registration(id, listener.port())) : Optional.empty();
        ControllerNode controller = zk.own(new ControllerNode(
                new NodeSettings(id, candidacy, onlyRules, ControllerSettings.DEFAULTS, false, 300_000),
                new ZkStore(session, id, registrar::isHeld),
                new BrokerChannels(new LinkSettings(id, "PLAINTEXT", 5_000, 100_000_000, unregistered)),
                PeerWatch.NONE));
        controller.start();
        return new Node(session, controller, listener);
    }

    private static BrokerRegistration registration(int id, int port) {
        Endpoint endpoint = new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", port);
        return new BrokerRegistration(id, -1, List.of(endpoint), Optional.empty(), -1, Map.of(), 0, 5);
    }

    private void awaitActive(Node node) {
        await().atMost(PATIENCE).until(() -> node.controller().isActive());
    }

    @Test
    void itTakesTheReignTellsTheBrokersWhereItIsAndGivesTheReignBackWhenItEnds() throws Exception {
        zk.create(
                "/brokers/topics/orders",
                "{\"version\":3,\"topic_id\":\"almMY48NSku_cRUb9xQMZA\",\"partitions\":{\"0\":[1]},"
                        + "\"adding_replicas\":{},\"removing_replicas\":{}}");
        zk.create("/brokers/topics/orders/partitions", null);
        zk.create("/brokers/topics/orders/partitions/0", null);
        zk.create(
                "/brokers/topics/orders/partitions/0/state",
                "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":4,\"isr\":[1]}");
        Node broker = broker(1);
        awaitActive(broker);
        String before = zk.read("/brokers/topics/orders/partitions/0/state");

        Node ruler = ruler(9);
        awaitActive(ruler);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(broker.listener().all(UpdateMetadataRequest.class))
                        .anySatisfy(told -> {
                            assertThat(told.controllerId()).isEqualTo(9);
                            assertThat(told.liveBrokers()).extracting("id").containsExactly(1, 9);
                        }));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ruler.listener().all(UpdateMetadataRequest.class))
                        .anySatisfy(told -> assertThat(told.partitionStates()).hasSize(1)));
        assertThat(zk.read("/brokers/topics/orders/partitions/0/state")).isEqualTo(before);
        assertThat(zk.exists("/brokers/ids/9")).isFalse();
        assertThat(zk.read("/controller_epoch")).isEqualTo("2");

        ruler.controller().close();
        awaitActive(broker);
        assertThat(zk.read("/controller_epoch")).isEqualTo("3");
    }

    @Test
    void itTakesTheReignAgainInEachNewSession() throws Exception {
        Node broker = broker(1);
        Node ruler = ruler(9);
        awaitActive(ruler);

        int epoch = ruler.controller().knownControllerEpoch();

        zk.expire(ruler.session());

        await().atMost(PATIENCE)
                .until(() -> ruler.controller().isActive() && ruler.controller().knownControllerEpoch() > epoch);
        await().atMost(PATIENCE).until(() -> !broker.controller().isActive());
    }

    @Test
    void ofTwoPreferredNodesTheFirstGoesOnRuling() throws Exception {
        Node first = ruler(8);
        awaitActive(first);
        Node second = ruler(9);
        await().atMost(PATIENCE).until(() -> second.controller().controllerId().isPresent());

        await().during(300, TimeUnit.MILLISECONDS)
                .atMost(PATIENCE)
                .until(() -> first.controller().isActive()
                        && zk.read("/controller_epoch").equals("1"));
    }
}
