package io.regent.controller.sim;

import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Asks.PartitionChange;
import io.regent.controller.Asks.TopicRef;
import io.regent.controller.ControllerSettings;
import io.regent.controller.link.BrokerChannels;
import io.regent.controller.link.LinkSettings;
import io.regent.controller.loop.ControllerLoop;
import io.regent.controller.loop.ControllerMetrics;
import io.regent.controller.loop.NodeSettings;
import io.regent.controller.loop.PeerWatch;
import io.regent.controller.loop.Ports;
import io.regent.controller.zk.BrokerRegistrar;
import io.regent.controller.zk.ZkSettings;
import io.regent.controller.zk.ZkStore;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.RegentNodeZnodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One machine of a simulated cluster: a broker and a controller's seat, wired as in {@code BrokerServer}, through all the
 * lives of its process. What it runs is the real registrar, store, loop and channels; only what is beneath them is not.
 */
final class SimNode {

    private static final int SESSION_TIMEOUT_MS = 6_000;

    /** How often a leader looks who follows it. */
    private static final long REPLICATION_MS = 300;

    /** So few that reigns look away from their own writes now and then. */
    private static final int MANY_WRITES = 4;

    private static final int MAX_IN_FLIGHT = 4;

    private final SimWorld world;
    private final int id;
    private final SimDisk disk = new SimDisk();
    private final boolean speaksOldest;
    private final SimRole role;

    private SimProcess process;
    private SimSession session;
    private BrokerRegistrar registrar;
    private BrokerRegistrar preferred;
    private ZkStore store;
    private BrokerChannels channels;
    private ControllerMetrics metrics;
    private ControllerLoop loop;
    private SimPeers peers;
    private SimBroker broker;
    private boolean turning;

    SimNode(SimWorld world, int id, boolean speaksOldest, SimRole role) {
        this.world = world;
        this.id = id;
        this.speaksOldest = speaksOldest;
        this.role = role;
    }

    int id() {
        return id;
    }

    SimRole role() {
        return role;
    }

    boolean speaksOldest() {
        return speaksOldest;
    }

    SimProcess process() {
        return process;
    }

    SimSession session() {
        return session;
    }

    SimBroker broker() {
        return broker;
    }

    ControllerLoop loop() {
        return loop;
    }

    SimDisk disk() {
        return disk;
    }

    long brokerEpoch() {
        return registrar.epoch();
    }

    /** Whether the process exists, running or paused. */
    boolean isUp() {
        return process != null && !process.isDead();
    }

    boolean isRunning() {
        return process != null && process.isRunning();
    }

    void start() {
        process = new SimProcess(world.clock());
        session = new SimSession(
                world.zooKeeper(),
                process,
                new ZkSettings("simulated", SESSION_TIMEOUT_MS, SESSION_TIMEOUT_MS, MAX_IN_FLIGHT, MANY_WRITES),
                world::failed);
        broker = new SimBroker(this, world.witness(), disk);
        registrar = new BrokerRegistrar(
                session, role.stores() ? BrokerZnode.PARENT : RegentNodeZnodes.CONTROLLERS, epoch -> {});
        preferred = new BrokerRegistrar(session, RegentNodeZnodes.PREFERRED, epoch -> {});
        store = new ZkStore(session, id, registrar::isHeld, world::nextTopicId);
        peers = new SimPeers();
        channels = new BrokerChannels(
                new LinkSettings(
                        id,
                        "PLAINTEXT",
                        1_000,
                        100_000_000,
                        role.stores() ? Optional.empty() : Optional.of(registration())),
                new SimTransport(world.network(), this, process, world::failed));
        metrics = new ControllerMetrics();
        SimProcess life = process;
        SimThread timers = new SimThread(process, world::failed);
        turning = false;
        loop = new ControllerLoop(
                new NodeSettings(
                        id,
                        role.candidacy(),
                        !role.stores(),
                        new ControllerSettings(
                                world.isUncleanAllowed(),
                                2,
                                (short) 2,
                                true,
                                10,
                                ControllerSettings.DEFAULTS.features()),
                        true,
                        10_000),
                new Ports(store, channels, peers, timers),
                metrics,
                () -> wakeUp(life));
        session.open();
        var unused = registrar.register(registration());
        if (role.isPreferred()) {
            var unusedMark = preferred.register(registration());
        }
        loop.start();
        process.after(REPLICATION_MS, () -> replicate(life));
    }

    private BrokerRegistration registration() {
        return new BrokerRegistration(
                id,
                -1,
                List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "sim", SimNetwork.FIRST_PORT + id)),
                Optional.empty(),
                -1,
                Map.of(),
                0,
                5);
    }

    private void wakeUp(SimProcess life) {
        if (!turning && life == process) {
            turning = true;
            life.after(world.clock().delayMs(), () -> turn(life));
        }
    }

    private void turn(SimProcess life) {
        turning = false;
        boolean more;
        try {
            more = loop.turn();
        } catch (RuntimeException e) {
            world.failed(e);
            return;
        }
        world.tally().turned(this);
        if (more) {
            wakeUp(life);
        }
    }

    /** The process is gone from one moment to the next. */
    void kill() {
        if (isUp()) {
            process.kill();
            release();
        }
    }

    /** What a process that ends leaves in this one: the beans of its metrics. */
    private void release() {
        metrics.close();
        channels.close();
        store.close();
    }

    /** The process ends in good order: others lead first, then it leaves. */
    void stop() {
        SimProcess life = process;
        OptionalInt controller = loop.status().controllerId();
        Runnable leave = () -> {
            if (life == process && isUp()) {
                var unused = registrar.unregister();
                if (role.isPreferred()) {
                    var unusedMark = preferred.unregister();
                }
                var unusedClose = loop.close();
                life.after(200, () -> {
                    session.close();
                    kill();
                });
            }
        };
        if (controller.isPresent() && role.stores()) {
            world.askAs(
                    this, controller.getAsInt(), new Asks.Shutdown(id, registrar.epoch()), answer -> life.run(leave));
        } else {
            leave.run();
        }
    }

    /** The detector of this node says that the life of another that it knows is over; returns that life. */
    Optional<Long> suspect(int other) {
        Optional<Long> life = isUp() && other != id ? peers.watchedLife(other) : Optional.empty();
        life.ifPresent(epoch -> hear(new PeerWatch.Dead(other, epoch, "the simulation says so")));
        return life;
    }

    /** The detector of this node says this, as soon as the node runs. */
    void hear(PeerWatch.Sighting sighting) {
        SimPeers telling = peers;
        process.run(() -> telling.tell(sighting));
    }

    private void replicate(SimProcess life) {
        life.after(REPLICATION_MS, () -> replicate(life));
        broker.replicas().forEach((partition, replica) -> {
            if (replica.leader == id && !replica.stopped) {
                lead(partition, replica);
            }
        });
    }

    private void lead(PartitionId partition, SimBroker.Replica replica) {
        Replicas inSync = replica.replicas.filter(other -> other == id || world.fetch(this, other, partition, replica));
        if (inSync.containsAll(replica.isr.union(replica.asked))) {
            world.witness().committed(replica.topicId, partition, id, replica.log);
        }
        replica.log.append(world.nextRecord());
        boolean recovers = replica.recovery == LeaderRecovery.RECOVERING;
        boolean isAsIs = inSync.size() == replica.isr.size() && inSync.containsAll(replica.isr);
        if (replica.asked.isEmpty() && (!isAsIs || recovers)) {
            replica.asked = recovers ? replica.isr : inSync;
        }
        if (!replica.asked.isEmpty() && !replica.inFlight && !replica.refused) {
            alter(partition, replica);
        }
    }

    private void alter(PartitionId partition, SimBroker.Replica replica) {
        OptionalInt controller = loop.status().controllerId();
        if (controller.isEmpty()) {
            return;
        }
        TopicId topic =
                new TopicId(replica.topicId.getMostSignificantBits(), replica.topicId.getLeastSignificantBits());
        world.witness().isrIsAsked(topic, partition.partition(), replica.leaderEpoch, replica.asked);
        PartitionChange change = new PartitionChange(
                TopicRef.of(topic),
                partition.partition(),
                replica.leaderEpoch,
                replica.partitionEpoch,
                replica.asked,
                LeaderRecovery.RECOVERED,
                Map.of());
        int leaderEpoch = replica.leaderEpoch;
        SimProcess life = process;
        replica.inFlight = true;
        world.askAs(
                this,
                controller.getAsInt(),
                new Asks.AlterPartition(id, registrar.epoch(), List.of(change)),
                answer -> life.run(() -> {
                    world.trace().add("broker " + id + " asked for " + change + ": " + answer);
                    altered(replica, leaderEpoch, answer);
                }));
    }

    /** As in Kafka: what has no answer is asked again as it was, since it may have been done. */
    private static void altered(SimBroker.Replica replica, int leaderEpoch, Optional<Answer> answer) {
        if (replica.leaderEpoch != leaderEpoch) {
            return;
        }
        replica.inFlight = false;
        Optional<Answer.AlteredPartition> altered = answer.map(Answer.PartitionsAltered.class::cast)
                .filter(whole -> whole.outcome().isOk())
                .map(whole -> whole.partitions().get(0));
        if (altered.isEmpty()) {
            return;
        }
        switch (altered.get().outcome().fault()) {
            case NONE -> {
                PartitionState state = altered.get().state();
                if (state.version() >= replica.partitionEpoch && state.leaderEpoch() == leaderEpoch) {
                    replica.isr = state.isr();
                    replica.partitionEpoch = state.version();
                    replica.recovery = state.recovery();
                    replica.asked = Replicas.NONE;
                }
            }
            case OPERATION_NOT_ATTEMPTED, INELIGIBLE_REPLICA -> replica.asked = Replicas.NONE;
            case UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID,
                    FENCED_LEADER_EPOCH,
                    INVALID_UPDATE_VERSION,
                    INVALID_REQUEST -> replica.refused = true;
            default -> {}
        }
    }
}
