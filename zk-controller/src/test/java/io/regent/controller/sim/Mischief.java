package io.regent.controller.sim;

import io.regent.controller.Asks;
import io.regent.controller.Asks.Birth;
import io.regent.controller.Asks.ElectionType;
import io.regent.controller.Asks.MorePartitions;
import io.regent.controller.Asks.NewTopic;
import io.regent.controller.Asks.TopicRef;
import io.regent.controller.Event;
import io.regent.controller.Outcome;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What happens to a simulated world: what clients ask of it, and all that goes wrong. */
final class Mischief {

    private static final int LONGEST_PAUSE_MS = 9_000;
    private static final int LONGEST_OUTAGE_MS = 8_000;

    private static final int VERDICTS_IN_A_ROW = 12;
    private static final int LONGEST_STORM_MS = 4_000;

    private final SimWorld world;
    private final SimClock clock;
    private final Targets targets;
    private final Meddler meddle;

    Mischief(SimWorld world) {
        this.world = world;
        this.clock = world.clock();
        this.targets = new Targets(world);
        this.meddle = new Meddler(world, targets);
    }

    /** Does one thing, and lets some time pass. */
    void happen() {
        switch (clock.chance(30)) {
            case 0, 1, 2, 3, 4, 5 -> create();
            case 6 -> expand();
            case 7 -> delete();
            case 8, 9, 10 -> reassign();
            case 11 -> cancel();
            case 12 -> elect();
            case 13 -> meddle.orderDeletion();
            case 14 -> meddle.orderReassignment();
            case 15, 16 -> kill();
            case 17 -> stop();
            case 18 -> pause();
            case 19, 20 -> disconnect();
            case 21 -> partitionFromZooKeeper();
            case 22 -> expire();
            case 23 -> failServer();
            case 24 -> failEnsemble();
            case 25 -> slowServer();
            case 26 -> cut();
            case 27 -> breakLink();
            case 28 -> suspect();
            default -> seldom();
        }
        if (clock.oneIn(12)) {
            meddle.happen();
        }
        restart();
        world.pass(clock.oneIn(5) ? clock.chance(4_000) : clock.chance(250));
    }

    /** Mends what was written by hand and nobody can read. */
    void mend() {
        meddle.mendAll();
    }

    private void seldom() {
        switch (clock.chance(4)) {
            case 0 -> meddle.removeController();
            case 1 -> failLogDirectory();
            case 2 -> suspectAgainAndAgain();
            default -> bounce();
        }
    }

    private SimNode node() {
        List<SimNode> all = new ArrayList<>(world.nodes().values());
        return all.get(clock.chance(all.size()));
    }

    /** The one who rules, more often than not: what happens to others is less of a test. */
    private SimNode preferRuler() {
        return clock.oneIn(2) ? world.ruler().orElseGet(this::node) : node();
    }

    private void ask(Event.Ask ask) {
        world.ask((clock.oneIn(5) ? node() : preferRuler()).id(), ask);
    }

    private void create() {
        NewTopic topic = new NewTopic(
                targets.topic(),
                1 + clock.chance(Targets.MAX_PARTITIONS),
                (short) (1 + clock.chance(3)),
                new TreeMap<>(),
                Map.of(),
                Outcome.OK,
                new Birth(new TopicId(targets.nextTopicId(), 1), clock.chance(100)));
        ask(new Asks.CreateTopics(List.of(topic), false));
        if (clock.oneIn(6)) {
            // As a broker of Kafka's does that creates a topic because a client asks for it.
            meddle.createTopic(topic.name());
        }
    }

    private void expand() {
        MorePartitions more =
                new MorePartitions(targets.topic(), 1 + clock.chance(Targets.MAX_PARTITIONS), Optional.empty());
        ask(new Asks.CreatePartitions(List.of(more), false));
    }

    private void delete() {
        String topic = targets.topic();
        world.witness().deletionIsAsked(topic);
        ask(new Asks.DeleteTopics(List.of(TopicRef.of(topic))));
    }

    private void reassign() {
        PartitionId partition = targets.partition();
        Replicas target = targets.brokers();
        world.witness().targetIsAsked(partition, target);
        ask(new Asks.AlterReassignments(new TreeMap<>(Map.of(partition, Optional.of(target)))));
    }

    private void cancel() {
        PartitionId partition = targets.partition();
        world.witness().cancellationIsAsked(partition);
        ask(new Asks.AlterReassignments(new TreeMap<>(Map.of(partition, Optional.empty()))));
    }

    private void elect() {
        boolean unclean = world.isUncleanAllowed() && clock.oneIn(2);
        ask(new Asks.ElectLeaders(unclean ? ElectionType.UNCLEAN : ElectionType.PREFERRED, Optional.empty()));
    }

    /** Whoever is down comes back, sooner or later. */
    private void restart() {
        for (SimNode node : world.nodes().values()) {
            if (!node.isUp() && clock.oneIn(6)) {
                world.trace().add("node " + node.id() + " starts");
                if (clock.oneIn(2)) {
                    node.disk().mend();
                }
                node.start();
            }
        }
    }

    private void kill() {
        SimNode node = preferRuler();
        if (node.isUp()) {
            world.trace().add("node " + node.id() + " is killed");
            node.kill();
            if (clock.oneIn(2)) {
                int dead = node.id();
                world.nodes()
                        .values()
                        .forEach(other -> clock.after(20 + clock.chance(100), () -> {
                            if (!node.isUp()) {
                                other.suspect(dead);
                            }
                        }));
            }
        }
    }

    private void bounce() {
        SimNode node = preferRuler();
        if (node.isUp()) {
            world.trace().add("node " + node.id() + " bounces");
            node.kill();
            node.start();
        }
    }

    private void stop() {
        SimNode node = preferRuler();
        if (node.isRunning()) {
            world.trace().add("node " + node.id() + " shuts down in good order");
            node.stop();
        }
    }

    private void pause() {
        SimNode node = preferRuler();
        if (node.isRunning()) {
            int ms = clock.chance(LONGEST_PAUSE_MS);
            world.trace().add("node " + node.id() + " stands still for " + ms + " ms");
            SimProcess process = node.process();
            process.pause();
            world.heartbeats().paused(node);
            clock.after(ms, process::resume);
        }
    }

    private void disconnect() {
        SimNode node = preferRuler();
        if (node.isUp()) {
            boolean arrive = clock.oneIn(2);
            world.trace()
                    .add("node " + node.id() + " loses its connection to ZooKeeper"
                            + (arrive ? ", and the replies that were on their way" : ", and what was on its way"));
            node.session().breakOff(arrive);
        }
    }

    private void partitionFromZooKeeper() {
        SimNode node = preferRuler();
        if (node.isUp()) {
            int ms = clock.chance(LONGEST_OUTAGE_MS);
            world.trace().add("node " + node.id() + " reaches no ZooKeeper for " + ms + " ms");
            SimSession session = node.session();
            session.setReachable(false);
            clock.after(ms, () -> session.setReachable(true));
        }
    }

    private void expire() {
        SimNode node = preferRuler();
        if (node.isUp()) {
            world.trace().add("node " + node.id() + " loses its session");
            node.session().expire();
        }
    }

    private SimServer server() {
        List<SimServer> servers = world.zooKeeper().servers();
        return servers.get(clock.chance(servers.size()));
    }

    private void failServer() {
        SimServer server = server();
        world.trace().add("ZooKeeper " + server + " fails");
        server.stop();
        clock.after(clock.chance(LONGEST_OUTAGE_MS), () -> {
            if (world.zooKeeper().isLeading()) {
                server.start();
            }
        });
    }

    private void failEnsemble() {
        int ms = clock.chance(LONGEST_OUTAGE_MS);
        world.trace().add("ZooKeeper is away for " + ms + " ms");
        world.zooKeeper().fail();
        clock.after(ms, world.zooKeeper()::recover);
    }

    private void slowServer() {
        SimServer server = server();
        int ms = clock.chance(1_500);
        world.trace().add("ZooKeeper " + server + " is behind by " + ms + " ms");
        server.lagBy(ms);
        clock.after(clock.chance(10_000), () -> server.lagBy(0));
    }

    private void cut() {
        int one = node().id();
        int other = preferRuler().id();
        if (one != other) {
            world.trace().add("nodes " + one + " and " + other + " do not reach each other");
            world.network().cut(one, other);
            clock.after(clock.chance(LONGEST_OUTAGE_MS), () -> world.network().mend(one, other));
        }
    }

    private void breakLink() {
        int one = node().id();
        int other = preferRuler().id();
        world.trace().add("the connections between nodes " + one + " and " + other + " break");
        world.network().breakLinks(one, other, clock.oneIn(2));
    }

    /** A detector is wrong: who it takes for dead lives. */
    private void suspect() {
        SimNode suspected = preferRuler();
        SimNode by = node();
        world.trace().add("node " + by.id() + " takes node " + suspected.id() + " for dead");
        by.suspect(suspected.id()).ifPresent(life -> world.heartbeats().wrong(by, suspected, life));
    }

    /** A detector is wrong about whoever rules, and about a broker that the ruler sees, again and again. */
    private void suspectAgainAndAgain() {
        world.trace().add("whoever rules is taken for dead, again and again, and takes others for dead");
        for (int i = 0; i < VERDICTS_IN_A_ROW; i++) {
            clock.after(
                    clock.chance(LONGEST_STORM_MS),
                    () -> world.ruler().ifPresent(ruler -> {
                        if (clock.oneIn(2)) {
                            node().suspect(ruler.id());
                        } else {
                            ruler.suspect(node().id());
                        }
                    }));
        }
    }

    private void failLogDirectory() {
        SimNode node = node();
        if (node.isRunning()) {
            world.trace().add("a log directory of node " + node.id() + " fails");
            node.broker().failLogDirectory(clock.chance(2));
        }
    }
}
