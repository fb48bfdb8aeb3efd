package io.regent.controller.sim;

import io.regent.controller.Answer;
import io.regent.controller.Event;
import io.regent.controller.loop.Candidacy;
import io.regent.controller.zk.ClusterZnodes;
import io.regent.controller.zk.ZkSettings;
import io.regent.metadata.PartitionId;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.RegentNodeZnodes;
import io.regent.metadata.znode.TopicZnode;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A whole cluster on virtual time, without a thread: several nodes over a simulated ZooKeeper and a simulated network, to
 * which things happen. All that happens follows from the seed; after every turn nothing may have been violated. One thread.
 */
final class SimWorld implements AutoCloseable {

    /** How long everything may take to be well again once nothing bad happens any more. */
    private static final long HEALING_MS = 120_000;

    private static final long LOOK_MS = 500;

    private final long seed;
    private final SimClock clock;
    private final SimTrace trace;
    private final SimZooKeeper zooKeeper;
    private final SimNetwork network;
    private final Witness witness;
    private final Tally tally = new Tally(this);
    private final SimHeartbeats heartbeats;
    private final boolean uncleanAllowed;
    private final SortedMap<Integer, SimNode> nodes = new TreeMap<>();
    private int records;
    private long topicIds;
    private String violation = "";

    /** What must never happen has happened. */
    static final class Violation extends AssertionError {
        Violation(SimWorld world) {
            super("seed " + world.seed + " at " + world.clock.nowMs() + " ms: " + world.violation);
        }
    }

    SimWorld(long seed, boolean traced) {
        this.seed = seed;
        this.clock = new SimClock(seed);
        this.trace = SimTrace.begin(clock, traced);
        this.uncleanAllowed = clock.oneIn(6);
        this.witness = new Witness(uncleanAllowed, this::violate);
        this.zooKeeper = new SimZooKeeper(clock);
        this.network = new SimNetwork(clock);
        zooKeeper.observe(this::traceTxn);
        zooKeeper.observe(witness::agreed);
        zooKeeper.observe(tally::agreed);
        makeRoots();
        int brokers = 3 + clock.chance(3);
        boolean somePreferred = clock.oneIn(4);
        for (int id = 1; id <= brokers; id++) {
            boolean preferred = somePreferred && clock.oneIn(2);
            add(id, new SimRole(true, preferred ? Candidacy.PREFERRED : Candidacy.ORDINARY));
        }
        if (clock.oneIn(4)) {
            add(brokers + 1, new SimRole(false, clock.oneIn(2) ? Candidacy.PREFERRED : Candidacy.ORDINARY));
        }
        this.heartbeats = new SimHeartbeats(this);
    }

    private void add(int id, SimRole role) {
        SimNode node = new SimNode(this, id, clock.oneIn(4), role);
        nodes.put(id, node);
        network.add(node);
        node.start();
    }

    private void makeRoots() {
        SimProcess tool = new SimProcess(clock);
        SimSession session =
                new SimSession(zooKeeper, tool, new ZkSettings("simulated", 6_000, 60_000, 4), this::failed);
        session.open();
        ClusterZnodes znodes = new ClusterZnodes(session);
        var made = znodes.createRoots()
                .thenCompose(roots -> znodes.create(List.of(RegentNodeZnodes.CONTROLLERS, RegentNodeZnodes.PREFERRED)));
        while (!made.isDone()) {
            pass(LOOK_MS);
        }
        session.close();
        tool.kill();
    }

    SimClock clock() {
        return clock;
    }

    SimTrace trace() {
        return trace;
    }

    SimZooKeeper zooKeeper() {
        return zooKeeper;
    }

    SimNetwork network() {
        return network;
    }

    Witness witness() {
        return witness;
    }

    Tally tally() {
        return tally;
    }

    SimHeartbeats heartbeats() {
        return heartbeats;
    }

    boolean isUncleanAllowed() {
        return uncleanAllowed;
    }

    SortedMap<Integer, SimNode> nodes() {
        return nodes;
    }

    /** The ids of the nodes that store partitions. */
    SortedSet<Integer> brokerIds() {
        return nodes.values().stream()
                .filter(node -> node.role().stores())
                .map(SimNode::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    int nextRecord() {
        return records++;
    }

    /** An id that a controller gives to a topic without one. */
    TopicId nextTopicId() {
        return new TopicId(topicIds++, 3);
    }

    void violate(String what) {
        if (violation.isEmpty()) {
            violation = what;
            trace.add("VIOLATION " + what);
        }
    }

    void failed(RuntimeException e) {
        violate("a task failed: " + e + " at " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : "?"));
    }

    private void traceTxn(SimZooKeeper.Txn txn) {
        if (!trace.isWanted()) {
            return;
        }
        for (SimTree.Change change : txn.changes()) {
            if (change.isDeletion()) {
                trace.add("  zk " + Long.toHexString(txn.session()) + " deletes " + change.path());
            } else if (change.isCreation() || change.isOfData()) {
                byte[] data = change.after().data();
                trace.add("  zk " + Long.toHexString(txn.session()) + (change.isCreation() ? " creates " : " sets ")
                        + change.path() + " "
                        + (data == null ? "" : new String(data, java.nio.charset.StandardCharsets.UTF_8)));
            }
        }
    }

    /**
     * Lets time pass.
     *
     * @throws Violation as soon as something happens that must not
     */
    void pass(long ms) {
        long untilMs = clock.nowMs() + ms;
        while (clock.step(untilMs)) {
            if (!trace.error().isEmpty()) {
                violate(trace.error());
            }
            if (!violation.isEmpty()) {
                throw new Violation(this);
            }
        }
    }

    /** A replica that follows this leader takes over its log; false when it does not follow, or cannot. */
    boolean fetch(SimNode leader, int follower, PartitionId partition, SimBroker.Replica led) {
        SimNode node = nodes.get(follower);
        if (node == null || !node.isRunning() || network.isCut(leader, node)) {
            return false;
        }
        SimBroker.Replica following = node.broker().replicas().get(partition);
        boolean follows = following != null
                && !following.stopped
                && following.topicId.equals(led.topicId)
                && following.leader == leader.id()
                && following.leaderEpoch == led.leaderEpoch;
        if (follows) {
            following.log.follow(led.log);
        }
        return follows;
    }

    /** A broker asks the node that it takes for the controller. */
    void askAs(SimNode from, int controller, Event.Ask ask, Consumer<Optional<Answer>> onEnd) {
        send(Optional.of(from), controller, ask, onEnd);
    }

    /** A client asks a node. */
    void ask(int controller, Event.Ask ask) {
        trace.add("a client asks node " + controller + ": " + ask);
        send(Optional.empty(), controller, ask, answer -> trace.add("a client is answered: " + answer));
    }

    private void send(Optional<SimNode> from, int controller, Event.Ask ask, Consumer<Optional<Answer>> onEnd) {
        SimNode to = nodes.get(controller);
        if (to != null) {
            network.ask(from, to, ask, answer -> {
                answer.ifPresent(this::verify);
                onEnd.accept(answer);
            });
        }
    }

    /** Whatever is answered must stand in ZooKeeper already. */
    private void verify(Answer answer) {
        switch (answer) {
            case Answer.TopicsCreated created ->
                created.topics().stream()
                        .filter(topic -> topic.outcome().isOk() && topic.id().isPresent())
                        .forEach(topic -> witness.creationIsAnswered(topic.id()));
            case Answer.TopicsDeleted deleted ->
                deleted.topics().stream()
                        .filter(topic -> topic.outcome().isOk())
                        .forEach(topic -> witness.deletionIsAnswered(topic.name(), topic.id(), isGoing(topic.name())));
            case Answer.PartitionsAltered altered ->
                altered.partitions().stream()
                        .filter(each -> each.outcome().isOk())
                        .forEach(each -> witness.stateIsAnswered(each.topic().id(), each.partition(), each.state()));
            default -> {}
        }
    }

    /** Whether the topic is marked for deletion, or is gone: one that nobody could read is deleted at once. */
    private boolean isGoing(String topic) {
        return zooKeeper.agreed().get(DeleteTopicsZnode.path(topic)).isPresent()
                || zooKeeper.agreed().get(TopicZnode.path(topic)).isEmpty();
    }

    /** Who rules, if some running node does. */
    Optional<SimNode> ruler() {
        return nodes.values().stream()
                .filter(node -> node.isRunning() && node.loop().status().active())
                .findFirst();
    }

    /**
     * Ends all trouble and waits until all is well.
     *
     * @throws Violation when it is not in time
     */
    void heal() {
        trace.add("from here on all is allowed to heal");
        network.setLossy(false);
        zooKeeper.recover();
        zooKeeper.servers().forEach(server -> server.lagBy(0));
        nodes.values().forEach(this::heal);
        List<String> unfinished = List.of("nothing was looked at");
        for (long waitedMs = 0; waitedMs < HEALING_MS && !unfinished.isEmpty(); waitedMs += LOOK_MS) {
            pass(LOOK_MS);
            nodes.values().forEach(this::heal);
            unfinished = Convergence.unfinished(this);
        }
        if (!unfinished.isEmpty()) {
            violate("not healed after " + HEALING_MS + " ms: " + String.join("; ", unfinished));
            throw new Violation(this);
        }
    }

    /** Mends a node; one that was shutting down comes back, and one that must be restarted by hand is. */
    private void heal(SimNode node) {
        boolean diskFailed = node.disk().stored().values().stream().anyMatch(SimDisk.Stored::isFailed);
        boolean holdsUnknowable =
                node.broker().replicas().values().stream().anyMatch(replica -> witness.isUnknowable(replica.topicId));
        boolean holdsForgotten = node.broker().replicas().entrySet().stream()
                .anyMatch(held -> witness.isForgotten(node.id(), held.getValue().topicId, held.getKey()));
        if (diskFailed || holdsUnknowable || holdsForgotten) {
            node.kill();
        }
        if (!node.isUp()) {
            node.disk().mend();
            node.start();
        }
        node.process().resume();
        node.session().setReachable(true);
    }

    @Override
    public void close() {
        nodes.values().forEach(SimNode::kill);
        SimTrace.end();
    }
}
