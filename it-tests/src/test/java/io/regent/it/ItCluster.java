package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.cluster.ClusterFiles;
import io.regent.cli.cluster.ClusterState;
import io.regent.cli.cluster.LocalCluster;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.cluster.Readiness;
import io.regent.cli.node.BrokerProbe;
import io.regent.cli.node.Condition;
import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.Ports;
import io.regent.cli.node.RegentLauncher;
import io.regent.cli.node.Signal;
import io.regent.cli.node.ZooKeeperView;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.MetadataResponse.PartitionMetadata;
import org.apache.zookeeper.KeeperException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * A cluster of Regent brokers and their ZooKeeper, each a process of its own, that a test may kill, pause and restart.
 *
 * <p>One thread. Everything of it is gone after {@link #close}.
 */
final class ItCluster implements AutoCloseable {

    /** Two cores may be busy with other tests' processes. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Ends a test that hangs; whatever it waits for has a bound of its own. */
    static final long TEST_LIMIT_S = 900;

    private static final int ZOOKEEPER_TIMEOUT_MS = 20_000;

    /** A broker that has just started may hold an answer back for two seconds. */
    private static final int ANSWER_TIMEOUT_MS = 10_000;

    private final LocalCluster cluster;

    private ItCluster(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /** Starts ZooKeeper and this many brokers and waits until each serves; settings go to every broker. */
    static ItCluster start(int brokers, Map<String, String> settings) throws IOException {
        ItCluster cluster = startZooKeeperFor(brokers, settings, new RegentLauncher());
        try {
            cluster.local().brokers().forEach(cluster.local()::start);
            cluster.readiness().awaitBrokers(cluster.local().brokers());
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts ZooKeeper only, for this many brokers that the test starts one by one. */
    static ItCluster startZooKeeperFor(int brokers, Map<String, String> settings, NodeLauncher launcher)
            throws IOException {
        NodeArguments.use();
        Path directory = Files.createTempDirectory("regent-it-");
        List<Integer> ports = Ports.free(brokers + 1);
        SortedMap<Integer, Integer> brokerPorts = new TreeMap<>();
        for (int id = 1; id <= brokers; id++) {
            brokerPorts.put(id, ports.get(id));
        }
        Map<String, String> overrides = new HashMap<>(Map.of("offsets.topic.num.partitions", "5"));
        overrides.putAll(settings);
        ClusterState state = new ClusterState(ports.get(0), brokerPorts, Map.of());
        LocalCluster local = new LocalCluster(new ClusterFiles(directory), launcher, state);
        local.writeProperties(overrides);
        ItCluster cluster = new ItCluster(local);
        try {
            local.start(NodeName.ZOOKEEPER);
            cluster.readiness().awaitZooKeeper();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    LocalCluster local() {
        return cluster;
    }

    String bootstrap() {
        return cluster.bootstrap();
    }

    ZooKeeperView zooKeeper() {
        return ZooKeeperView.connect(cluster.zooKeeperConnect(), ZOOKEEPER_TIMEOUT_MS);
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    /** Creates a topic, and waits until all of its replicas are in sync and each broker says so. */
    void create(NewTopic topic) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(topic)).all().get();
        }
        var placed = topic.replicasAssignments();
        awaitIsr(
                topic.name(),
                placed == null ? topic.replicationFactor() : placed.get(0).size());
    }

    /** A topic to be made, with the replicas of each partition. */
    static NewTopic placed(String topic, List<List<Integer>> replicas) {
        Map<Integer, List<Integer>> assignment = new TreeMap<>();
        replicas.forEach(list -> assignment.put(assignment.size(), list));
        return new NewTopic(topic, assignment);
    }

    /** Has the partitions of a topic moved, and does not wait for it. */
    void reassign(String topic, List<List<Integer>> replicas) throws Exception {
        Map<TopicPartition, Optional<NewPartitionReassignment>> targets = new HashMap<>();
        for (List<Integer> each : replicas) {
            targets.put(new TopicPartition(topic, targets.size()), Optional.of(new NewPartitionReassignment(each)));
        }
        try (Admin admin = admin()) {
            admin.alterPartitionReassignments(targets).all().get();
        }
    }

    /** Waits until nothing is moved any more, and each broker tells that these replicas of a topic are in sync. */
    void awaitReassigned(String topic, List<List<Integer>> replicas) {
        try (Admin admin = admin()) {
            await("an end of all reassignments")
                    .atMost(PATIENCE.multipliedBy(2))
                    .until(() -> admin.listPartitionReassignments()
                            .reassignments()
                            .get()
                            .isEmpty());
        }
        awaitTold(
                topic + " on " + replicas,
                topic,
                told -> told.size() == replicas.size()
                        && told.stream()
                                .allMatch(partition -> partition.replicaIds.equals(replicas.get(partition.partition()))
                                        && partition.inSyncReplicaIds.size() == partition.replicaIds.size()));
    }

    /**
     * Asks until it is done, each time with a client that has just learnt who rules: one that was told so before the
     * controller moved does not ask again by itself.
     */
    void electPreferredLeaders(String topic) {
        await("each partition of " + topic + " led by its preferred replica").until(() -> {
            try (Admin admin = admin()) {
                admin.electLeaders(ElectionType.PREFERRED, null).partitions().get();
            }
            return isToldBy(
                    topic,
                    told -> !told.isEmpty()
                            && told.stream()
                                    .allMatch(partition ->
                                            partition.leaderId.equals(Optional.of(partition.replicaIds.get(0)))));
        });
    }

    /** Who rules; waits while nobody does. */
    ControllerSeat controller() {
        return awaitControllerAfter(ControllerSeat.UNKNOWN_EPOCH);
    }

    /** Waits until a controller with a higher epoch rules. */
    ControllerSeat awaitControllerAfter(int epoch) {
        try (ZooKeeperView view = zooKeeper()) {
            return await("a controller with an epoch over " + epoch)
                    .until(view::controller, seat -> seat.taken() && seat.epoch() > epoch);
        }
    }

    /** Whether a broker takes itself for the controller, whatever ZooKeeper says. */
    boolean believesToRule(int broker) throws IOException {
        short version = ApiKeys.LIST_PARTITION_REASSIGNMENTS.latestVersion();
        AbstractRequest request = new ListPartitionReassignmentsRequest.Builder(
                        new ListPartitionReassignmentsRequestData())
                .build(version);
        try (BrokerProbe probe = probe(NodeName.broker(broker))) {
            return !probe.ask(request.apiKey(), version, request).errorCounts().containsKey(Errors.NOT_CONTROLLER);
        }
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).pollDelay(Duration.ZERO).atMost(PATIENCE).ignoreExceptions();
    }

    int leaderOf(String topic, int partition) {
        try (ZooKeeperView view = zooKeeper()) {
            return view.leaderOf(topic, partition);
        }
    }

    /** The leader of each partition and its epoch, as ZooKeeper has them. */
    List<String> leadersOf(String topic) throws Exception {
        try (ZooKeeperView view = zooKeeper()) {
            return statesOf(view, topic).stream()
                    .map(state -> state.leader() + " in epoch " + state.leaderEpoch())
                    .toList();
        }
    }

    private static List<PartitionState> statesOf(ZooKeeperView view, String topic)
            throws KeeperException, InterruptedException, BadZnodeException {
        byte[] placed = view.handle().getData(TopicZnode.path(topic), false, null);
        int partitions = TopicZnode.decode(topic, placed).assignments().length;
        List<PartitionState> states = new ArrayList<>();
        for (int number = 0; number < partitions; number++) {
            PartitionId id = new PartitionId(topic, number);
            byte[] state = view.handle().getData(PartitionStateZnode.path(id), false, null);
            states.add(PartitionStateZnode.decode(id, state, 0));
        }
        return states;
    }

    /**
     * Waits until all partitions of a topic have a leader and so many replicas in sync, in ZooKeeper and by the word of each
     * broker that runs: one alone may not have been told of what was so in between.
     */
    void awaitIsr(String topic, int size) {
        try (ZooKeeperView view = zooKeeper()) {
            await(size + " replicas in sync of " + topic).until(() -> {
                List<PartitionState> states = statesOf(view, topic);
                return states.stream()
                                .allMatch(state ->
                                        state.hasLeader() && state.isr().size() == size)
                        && isToldBy(
                                topic,
                                told -> told.size() == states.size()
                                        && told.stream()
                                                .allMatch(partition -> partition.leaderId.isPresent()
                                                        && partition.inSyncReplicaIds.size() == size));
            });
        }
    }

    /** Waits until each broker that runs tells this of a topic's partitions; of a topic that it does not know it tells none. */
    void awaitTold(String what, String topic, Predicate<List<PartitionMetadata>> expected) {
        await(what + ", told by each broker").until(() -> isToldBy(topic, expected));
    }

    /** Waits until nothing of a topic that was deleted is left in ZooKeeper, nor in what brokers tell. */
    void awaitForgotten(String topic) {
        try (ZooKeeperView view = zooKeeper()) {
            await("the end of " + topic)
                    .until(() -> view.handle().exists(TopicZnode.path(topic), false) == null
                            && isToldBy(topic, List::isEmpty));
        }
    }

    private boolean isToldBy(String topic, Predicate<List<PartitionMetadata>> expected) throws IOException {
        for (NodeName broker : cluster.brokers()) {
            if (cluster.conditionOf(broker) == Condition.RUNNING && !expected.test(told(broker, topic))) {
                return false;
            }
        }
        return true;
    }

    private List<PartitionMetadata> told(NodeName broker, String topic) throws IOException {
        try (BrokerProbe probe = probe(broker)) {
            return probe.metadata(List.of(topic)).topicMetadata().stream()
                    .flatMap(metadata -> metadata.partitionMetadata().stream())
                    .toList();
        }
    }

    private BrokerProbe probe(NodeName broker) throws IOException {
        return BrokerProbe.connect("127.0.0.1", cluster.portOf(broker), ANSWER_TIMEOUT_MS);
    }

    /** Waits until a broker is registered no more; Kafka does not start while the session of a former broker of its id lasts. */
    void awaitUnregistered(int broker) {
        try (ZooKeeperView view = zooKeeper()) {
            await("the end of the registration of broker " + broker)
                    .until(() -> !view.brokers().contains(broker));
        }
    }

    void kill(int broker) {
        end(NodeName.broker(broker), Signal.KILL);
    }

    /** A controlled shutdown, to its end. */
    void shutDown(int broker) {
        end(NodeName.broker(broker), Signal.TERM);
    }

    private void end(NodeName node, Signal signal) {
        cluster.signal(node, signal);
        assertThat(cluster.awaitEnd(node, PATIENCE.toMillis()))
                .as(node.inWords() + " has ended")
                .isTrue();
    }

    /** What a broker has logged in all of its lives. */
    String logOf(int broker) throws IOException {
        return Files.readString(cluster.files().log(NodeName.broker(broker)));
    }

    void signal(int broker, Signal signal) {
        cluster.signal(NodeName.broker(broker), signal);
    }

    void startBroker(int broker) {
        cluster.start(NodeName.broker(broker));
    }

    void awaitServing(Integer... brokers) {
        readiness().awaitBrokers(List.of(brokers).stream().map(NodeName::broker).toList());
    }

    void stopZooKeeper() {
        end(NodeName.ZOOKEEPER, Signal.KILL);
    }

    void startZooKeeper() {
        cluster.start(NodeName.ZOOKEEPER);
        readiness().awaitZooKeeper();
    }

    Readiness readiness() {
        return new Readiness(cluster, PATIENCE.toMillis());
    }

    @Override
    public void close() {
        cluster.kill();
        cluster.purge();
    }
}
