package io.regent.controller.link;

import io.regent.controller.Announcements;
import io.regent.controller.Reign;
import io.regent.controller.StopReplica;
import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.Endpoint;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaPartitionState;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaTopicState;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataEndpoint;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** Builds the requests by which a controller tells a broker, exactly as Kafka 3.9's own does. Pure; any thread. */
final class ControlRequests {

    /** What a partition takes in a request besides its topic's name and its lists of broker ids, at most. */
    private static final int PARTITION_BYTES = 48;

    private static final int ID_BYTES = 4;

    private final Reign reign;
    private final long brokerEpoch;
    private final String listenerName;

    /** The boxed forms of broker id lists: a large request has few different ones, and equal ones are one object. */
    private static final class IdLists {
        private final IdentityHashMap<Replicas, List<Integer>> boxed = new IdentityHashMap<>();

        List<Integer> of(Replicas ids) {
            return boxed.computeIfAbsent(ids, Replicas::toList);
        }
    }

    /**
     * @param brokerEpoch the life of the broker that is told
     * @param listenerName at which listener brokers reach each other
     */
    ControlRequests(Reign reign, long brokerEpoch, String listenerName) {
        this.reign = reign;
        this.brokerEpoch = brokerEpoch;
        this.listenerName = listenerName;
    }

    /** About how many bytes a partition takes in LeaderAndIsr, rather too many than too few. */
    static int leaderAndIsrBytes(PendingStates.Entry entry) {
        Assignment assignment = entry.image().assignment(entry.partition());
        int ids = entry.image().state(entry.partition()).isr().size()
                + assignment.replicas().size()
                + assignment.adding().size()
                + assignment.removing().size();
        return PARTITION_BYTES + entry.partition().topic().length() + ID_BYTES * ids;
    }

    /** About how many bytes a partition takes in UpdateMetadata, rather too many than too few. */
    static int metadataBytes(PendingStates.Entry entry) {
        int ids = entry.image().state(entry.partition()).isr().size()
                + 2 * entry.image().assignment(entry.partition()).replicas().size();
        return PARTITION_BYTES + entry.partition().topic().length() + ID_BYTES * ids;
    }

    LeaderAndIsrRequest leaderAndIsr(Outbox.Batch.LeaderAndIsr batch, short version) {
        List<LeaderAndIsrPartitionState> states =
                new ArrayList<>(batch.entries().size());
        Map<String, Uuid> topicIds = new HashMap<>();
        Map<Integer, Node> leaders = new TreeMap<>();
        IdLists lists = new IdLists();
        for (PendingStates.Entry entry : batch.entries()) {
            PartitionState state = entry.image().state(entry.partition());
            if (!state.exists()) {
                continue;
            }
            states.add(leaderAndIsrState(entry, state, lists));
            putTopicId(entry, topicIds);
            if (!leaders.containsKey(state.leader())) {
                batch.image()
                        .broker(state.leader())
                        .flatMap(broker -> broker.endpoint(listenerName))
                        .ifPresent(at -> leaders.put(state.leader(), new Node(state.leader(), at.host(), at.port())));
            }
        }
        return new LeaderAndIsrRequest.Builder(
                        version, reign.controllerId(), reign.epoch(), brokerEpoch, states, topicIds, leaders.values())
                .build(version);
    }

    private static LeaderAndIsrPartitionState leaderAndIsrState(
            PendingStates.Entry entry, PartitionState state, IdLists lists) {
        Assignment assignment = entry.image().assignment(entry.partition());
        return new LeaderAndIsrPartitionState()
                .setTopicName(entry.partition().topic())
                .setPartitionIndex(entry.partition().partition())
                .setControllerEpoch(state.controllerEpoch())
                .setLeader(state.leader())
                .setLeaderEpoch(state.leaderEpoch())
                .setIsr(lists.of(state.isr()))
                .setPartitionEpoch(state.version())
                .setReplicas(lists.of(assignment.replicas()))
                .setAddingReplicas(lists.of(assignment.adding()))
                .setRemovingReplicas(lists.of(assignment.removing()))
                .setIsNew(entry.isNew())
                .setLeaderRecoveryState((byte) state.recovery().code());
    }

    UpdateMetadataRequest updateMetadata(Outbox.Batch.UpdateMetadata batch, short version) {
        List<UpdateMetadataPartitionState> states =
                new ArrayList<>(batch.entries().size());
        Map<String, Uuid> topicIds = new HashMap<>();
        IdLists lists = new IdLists();
        for (PendingStates.Entry entry : batch.entries()) {
            PartitionState state = entry.image().state(entry.partition());
            if (state.exists()) {
                states.add(metadataState(entry, state, lists));
                putTopicId(entry, topicIds);
            }
        }
        return new UpdateMetadataRequest.Builder(
                        version,
                        reign.controllerId(),
                        reign.epoch(),
                        brokerEpoch,
                        states,
                        liveBrokers(batch.image().brokers().values()),
                        topicIds)
                .build(version);
    }

    private static UpdateMetadataPartitionState metadataState(
            PendingStates.Entry entry, PartitionState state, IdLists lists) {
        PartitionId partition = entry.partition();
        ClusterImage image = entry.image();
        Assignment assignment = image.assignment(partition);
        int leader = image.isBeingDeleted(partition.topic()) ? Announcements.LEADER_DURING_DELETE : state.leader();
        return new UpdateMetadataPartitionState()
                .setTopicName(partition.topic())
                .setPartitionIndex(partition.partition())
                .setControllerEpoch(state.controllerEpoch())
                .setLeader(leader)
                .setLeaderEpoch(state.leaderEpoch())
                .setIsr(lists.of(state.isr()))
                .setZkVersion(state.version())
                .setReplicas(lists.of(assignment.replicas()))
                .setOfflineReplicas(
                        lists.of(assignment.replicas().filter(broker -> !image.isReplicaOnline(broker, partition))));
    }

    private static void putTopicId(PendingStates.Entry entry, Map<String, Uuid> topicIds) {
        String name = entry.partition().topic();
        if (!topicIds.containsKey(name)) {
            TopicId id = entry.image().topic(name).map(TopicImage::id).orElse(TopicId.NONE);
            topicIds.put(name, new Uuid(id.mostSignificantBits(), id.leastSignificantBits()));
        }
    }

    private static List<UpdateMetadataBroker> liveBrokers(Collection<BrokerRegistration> brokers) {
        List<UpdateMetadataBroker> live = new ArrayList<>(brokers.size());
        for (BrokerRegistration broker : brokers) {
            live.add(new UpdateMetadataBroker()
                    .setId(broker.id())
                    .setEndpoints(broker.endpoints().stream()
                            .map(ControlRequests::endpoint)
                            .toList())
                    .setRack(broker.rack().orElse(null)));
        }
        return live;
    }

    private static UpdateMetadataEndpoint endpoint(Endpoint endpoint) {
        return new UpdateMetadataEndpoint()
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setListener(endpoint.listener())
                .setSecurityProtocol(SecurityProtocol.forName(endpoint.securityProtocol()).id);
    }

    StopReplicaRequest stopReplicas(Outbox.Batch.StopReplicas batch, short version) {
        Map<String, StopReplicaTopicState> topics = new TreeMap<>();
        for (StopReplica stop : batch.stops()) {
            topics.computeIfAbsent(
                            stop.partition().topic(),
                            name -> new StopReplicaTopicState()
                                    .setTopicName(name)
                                    .setPartitionStates(new ArrayList<>()))
                    .partitionStates()
                    .add(new StopReplicaPartitionState()
                            .setPartitionIndex(stop.partition().partition())
                            .setLeaderEpoch(stop.leaderEpoch())
                            .setDeletePartition(stop.delete()));
        }
        // From version 3 on, each partition says for itself whether it is deleted.
        boolean deletesOfOldVersions = false;
        return new StopReplicaRequest.Builder(
                        version,
                        reign.controllerId(),
                        reign.epoch(),
                        brokerEpoch,
                        deletesOfOldVersions,
                        new ArrayList<>(topics.values()))
                .build(version);
    }
}
