package io.regent.broker.metadata;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataResponse;

/**
 * Describes topics of a snapshot to a client of one listener, in the terms of the Metadata request's version. Stateless
 * beyond its inputs; any thread may use it.
 */
public final class MetadataResponses {
    /** From this version on, a leader without the client's listener is told apart from a dead one. */
    private static final short FIRST_WITH_LISTENER_NOT_FOUND = 6;

    private final MetadataSnapshot snapshot;
    private final ListenerName listener;
    private final boolean listsOnlyAliveReplicas;
    private final boolean tellsListenerNotFound;

    /** @param requestVersion of the Metadata request */
    public MetadataResponses(MetadataSnapshot snapshot, ListenerName listener, short requestVersion) {
        this.snapshot = snapshot;
        this.listener = listener;
        this.listsOnlyAliveReplicas = requestVersion == 0;
        this.tellsListenerNotFound = requestVersion >= FIRST_WITH_LISTENER_NOT_FOUND;
    }

    /** The topics among {@code names} that exist, in that order. */
    public List<MetadataResponseTopic> topics(Collection<String> names) {
        return names.stream().map(this::topic).flatMap(Optional::stream).toList();
    }

    /** The topic, or empty when the snapshot does not know it. */
    public Optional<MetadataResponseTopic> topic(String name) {
        return snapshot.topic(name)
                .map(topic -> new MetadataResponseTopic()
                        .setErrorCode(Errors.NONE.code())
                        .setName(name)
                        .setTopicId(topic.id())
                        .setIsInternal(Topic.isInternal(name))
                        .setPartitions(topic.partitions().map(this::partition).toList()));
    }

    private MetadataResponsePartition partition(PartitionMetadata partition) {
        List<Integer> replicas = listed(partition.replicas());
        List<Integer> isr = listed(partition.isr());
        boolean leaderReachable = snapshot.node(partition.leader(), listener).isPresent();
        boolean complete = replicas.size() == partition.replicas().size()
                && isr.size() == partition.isr().size();
        Errors error = !leaderReachable
                ? unreachable(partition.leader())
                : complete ? Errors.NONE : Errors.REPLICA_NOT_AVAILABLE;
        return new MetadataResponsePartition()
                .setErrorCode(error.code())
                .setPartitionIndex(partition.partition())
                .setLeaderId(leaderReachable ? partition.leader() : MetadataResponse.NO_LEADER_ID)
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(replicas)
                .setIsrNodes(isr)
                .setOfflineReplicas(partition.offlineReplicas());
    }

    private Errors unreachable(int leader) {
        return tellsListenerNotFound && snapshot.isAlive(leader)
                ? Errors.LISTENER_NOT_FOUND
                : Errors.LEADER_NOT_AVAILABLE;
    }

    // Version 0 lists only replicas that the client could connect to.
    private List<Integer> listed(List<Integer> brokerIds) {
        return listsOnlyAliveReplicas
                ? brokerIds.stream()
                        .filter(id -> snapshot.node(id, listener).isPresent())
                        .toList()
                : brokerIds;
    }
}
