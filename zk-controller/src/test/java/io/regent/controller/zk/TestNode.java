package io.regent.controller.zk;

import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Event;
import io.regent.controller.Outcome;
import io.regent.controller.link.BrokerChannels;
import io.regent.controller.link.FakeBroker;
import io.regent.controller.link.LinkSettings;
import io.regent.controller.loop.Candidacy;
import io.regent.controller.loop.ControllerNode;
import io.regent.controller.loop.NodeSettings;
import io.regent.controller.loop.PeerWatch;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.BrokerZnode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A whole controller over a test's ZooKeeper, with a broker that only remembers what it is told. */
record TestNode(
        int id, CuratorSession session, BrokerRegistrar registrar, ControllerNode controller, FakeBroker broker) {

    /** A registered node that contests; it ends with the fixture. */
    static TestNode start(ZkFixture zk, int id) throws Exception {
        FakeBroker broker = zk.own(new FakeBroker());
        CuratorSession session = zk.session("node-" + id);
        BrokerRegistrar registrar = new BrokerRegistrar(session, BrokerZnode.PARENT, epoch -> {});
        registrar.register(registration(id, broker.port())).get(10, TimeUnit.SECONDS);
        ControllerNode controller = zk.own(new ControllerNode(
                new NodeSettings(id, Candidacy.ORDINARY, false, ControllerSettings.DEFAULTS, false, 300_000),
                new ZkStore(session, id, registrar::isHeld),
                new BrokerChannels(new LinkSettings(id, "PLAINTEXT", 5_000, 100_000_000, Optional.empty())),
                PeerWatch.NONE));
        controller.start();
        return new TestNode(id, session, registrar, controller, broker);
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

    Answer ask(Event.Ask ask) throws Exception {
        return controller.ask(ask).get(10, TimeUnit.SECONDS);
    }

    /** Creates a topic whose id follows from its name. */
    Answer.CreatedTopic createTopic(String name, int partitions, int replicas) throws Exception {
        Asks.NewTopic topic = new Asks.NewTopic(
                name,
                partitions,
                (short) replicas,
                new TreeMap<>(),
                Map.of(),
                Outcome.OK,
                new Asks.Birth(new TopicId(1, name.hashCode()), 0));
        return ((Answer.TopicsCreated) ask(new Asks.CreateTopics(List.of(topic), false)))
                .topics()
                .get(0);
    }
}
