package io.regent.broker.replica;

import io.regent.broker.log.FakeScheduler;
import io.regent.broker.log.FakeTime;
import io.regent.broker.log.LogManager;
import io.regent.broker.log.LogManagerSettings;
import io.regent.broker.metadata.MetadataCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaPartitionState;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaTopicState;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataEndpoint;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.LeaderAndIsrResponse;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.StopReplicaResponse;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.storage.internals.log.LogValidator;

/** The replicas of one broker over real logs, with a controller that the test plays. */
final class TestBroker implements AutoCloseable {
    static final long LAG_MS = 10_000;
    static final ListenerName LISTENER = new ListenerName("PLAINTEXT");
    static final String TOPIC = "orders";
    static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    static final int CONTROLLER_EPOCH = 3;

    final int id;
    final FakeTime time = new FakeTime(1_700_000_000_000L);
    final FakeScheduler scheduler = new FakeScheduler(time);
    final FakeController controller = new FakeController();
    final MetadataCache metadata = new MetadataCache();
    final AtomicLong brokerEpoch = new AtomicLong(100);
    final Properties topicConfig = new Properties();
    final Map<String, Uuid> topicIds = new HashMap<>(Map.of(TOPIC, Uuid.randomUuid()));
    final LogManager logs;
    final ReplicaManager replicas;

    TestBroker(int id, Path dir) {
        this(id, dir, Optional.empty(), 500);
    }

    /** @param realTime for tests over sockets */
    TestBroker(int id, Path dir, Optional<Time> realTime, int fetchWaitMs) {
        this.id = id;
        Time clock = realTime.orElse(time);
        AbstractConfig config = new AbstractConfig(
                AbstractKafkaConfig.CONFIG_DEF,
                Map.of("log.dirs", dir.toString(), "log.cleaner.enable", "false"),
                false);
        logs = new LogManager(LogManagerSettings.from(config), clock, scheduler, new Silent());
        logs.claim(id, "cluster-a");
        ReplicaSettings settings = new ReplicaSettings(
                id,
                LISTENER,
                LAG_MS,
                5_000,
                new ReplicaSettings.FetcherSettings(1, 1 << 20, 10 << 20, 1, fetchWaitMs, 200, 70_000),
                new ReplicationThrottle.Window(11, 1),
                new ReplicaSettings.MoveSettings(1, new ReplicationThrottle.Window(11, 1)));
        replicas = new ReplicaManager(
                settings,
                new ReplicaManager.Environment(
                        clock,
                        logs,
                        metadata,
                        controller,
                        brokerEpoch::get,
                        scheduler,
                        new Metrics(clock),
                        Optional.empty()),
                new ControllerEpochGuard(
                        () -> CONTROLLER_EPOCH,
                        () -> CompletableFuture.completedFuture(CONTROLLER_EPOCH),
                        Runnable::run));
        logs.startup(topic -> topicConfig, replicas.logDirFailureListener());
        replicas.startup();
    }

    static LeaderAndIsrPartitionState state(int leader, int leaderEpoch, int partitionEpoch, List<Integer> isr) {
        return new LeaderAndIsrPartitionState()
                .setTopicName(TOPIC)
                .setPartitionIndex(0)
                .setControllerEpoch(CONTROLLER_EPOCH)
                .setLeader(leader)
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(partitionEpoch)
                .setIsr(isr)
                .setReplicas(List.of(1, 2, 3))
                .setIsNew(leaderEpoch == 0);
    }

    LeaderAndIsrRequest request(LeaderAndIsrPartitionState... states) {
        return request(CONTROLLER_EPOCH, brokerEpoch.get(), states);
    }

    LeaderAndIsrRequest request(int controllerEpoch, long epoch, LeaderAndIsrPartitionState... states) {
        return new LeaderAndIsrRequest.Builder(
                        (short) 7, 9, controllerEpoch, epoch, List.of(states), topicIds, List.of())
                .build();
    }

    /** Sends LeaderAndIsr. @return the error of its only partition */
    Errors leaderAndIsr(LeaderAndIsrPartitionState state) {
        LeaderAndIsrResponse response = replicas.leaderAndIsr(request(state)).join();
        Map<Uuid, String> names = new HashMap<>();
        topicIds.forEach((name, topicId) -> names.put(topicId, name));
        return response.partitionErrors(names).get(PARTITION);
    }

    /** Makes this broker lead the partition, with all brokers alive and the given ISR. */
    Partition lead(int leaderEpoch, Integer... isr) {
        aliveBrokers(1, 2, 3);
        leaderAndIsr(state(id, leaderEpoch, leaderEpoch * 10, List.of(isr)));
        return replicas.partition(PARTITION).orElseThrow();
    }

    Errors stopReplica(int leaderEpoch, boolean delete) {
        StopReplicaTopicState topic = new StopReplicaTopicState()
                .setTopicName(TOPIC)
                .setPartitionStates(List.of(new StopReplicaPartitionState()
                        .setPartitionIndex(0)
                        .setLeaderEpoch(leaderEpoch)
                        .setDeletePartition(delete)));
        StopReplicaResponse response = replicas.stopReplica(new StopReplicaRequest.Builder(
                                (short) 4, 9, CONTROLLER_EPOCH, brokerEpoch.get(), false, List.of(topic))
                        .build())
                .join();
        return Errors.forCode(response.partitionErrors().getFirst().errorCode());
    }

    void aliveBrokers(int... ids) {
        List<Node> nodes = new ArrayList<>();
        for (int broker : ids) {
            nodes.add(new Node(broker, "127.0.0.1", 1));
        }
        announce(nodes);
    }

    void announce(List<Node> nodes, UpdateMetadataPartitionState... states) {
        List<UpdateMetadataBroker> brokers = nodes.stream()
                .map(node -> new UpdateMetadataBroker()
                        .setId(node.id())
                        .setEndpoints(List.of(new UpdateMetadataEndpoint()
                                .setListener(LISTENER.value())
                                .setHost(node.host())
                                .setPort(node.port()))))
                .toList();
        replicas.updateMetadata(new UpdateMetadataRequest.Builder(
                                (short) 7, 9, CONTROLLER_EPOCH, brokerEpoch.get(), List.of(states), brokers, topicIds)
                        .build())
                .join();
    }

    @Override
    public void close() throws Exception {
        replicas.close();
        logs.close();
    }

    private static final class Silent implements LogValidator.MetricsRecorder {
        @Override
        public void recordInvalidMagic() {}

        @Override
        public void recordInvalidOffset() {}

        @Override
        public void recordInvalidSequence() {}

        @Override
        public void recordInvalidChecksums() {}

        @Override
        public void recordNoKeyCompactedTopic() {}
    }
}
