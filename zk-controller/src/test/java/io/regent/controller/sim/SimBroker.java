package io.regent.controller.sim;

import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.message.LeaderAndIsrResponseData;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrPartitionError;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrTopicError;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaPartitionState;
import org.apache.kafka.common.message.StopReplicaResponseData;
import org.apache.kafka.common.message.StopReplicaResponseData.StopReplicaPartitionError;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.message.UpdateMetadataResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractControlRequest;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.LeaderAndIsrResponse;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.StopReplicaResponse;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.apache.kafka.common.requests.UpdateMetadataResponse;

/**
 * What one life of a broker knows, and how it obeys controllers: the checks and answers of Apache Kafka 3.9's brokers in
 * ZooKeeper mode. Its logs outlive it.
 */
final class SimBroker {

    /** The leader epoch of a StopReplica that is obeyed whatever the broker knows. */
    private static final int DURING_DELETE = -2;

    private static final int NO_EPOCH = -1;

    private final SimNode node;
    private final Witness witness;
    private final Map<PartitionId, SimDisk.Stored> disk;
    private final SortedMap<PartitionId, Replica> replicas = new TreeMap<>();
    private final SortedMap<PartitionId, UpdateMetadataPartitionState> metadata = new TreeMap<>();
    private Set<Integer> liveBrokers = new TreeSet<>();
    private int controllerEpoch;

    /** A replica that was told to lead or follow. */
    static final class Replica {
        final Uuid topicId;
        final SimLog log;
        int leader;
        int leaderEpoch;
        int partitionEpoch;
        Replicas isr;
        Replicas replicas;
        LeaderRecovery recovery;
        boolean stopped;
        /** The ISR that the leader has asked for and does not know the fate of: who is in it counts as in sync. */
        Replicas asked = Replicas.NONE;
        /** The question is on its way. */
        boolean inFlight;
        /** The question was refused: only the controller's next word helps. */
        boolean refused;

        Replica(Uuid topicId, SimLog log) {
            this.topicId = topicId;
            this.log = log;
        }
    }

    SimBroker(SimNode node, Witness witness, SimDisk disk) {
        this.node = node;
        this.witness = witness;
        this.disk = disk.stored();
    }

    SortedMap<PartitionId, Replica> replicas() {
        return replicas;
    }

    SortedMap<PartitionId, UpdateMetadataPartitionState> metadata() {
        return metadata;
    }

    Set<Integer> liveBrokers() {
        return liveBrokers;
    }

    AbstractResponse handle(AbstractRequest request) {
        AbstractControlRequest control = (AbstractControlRequest) request;
        Errors error = Errors.NONE;
        if (control.brokerEpoch() >= 0 && control.brokerEpoch() < node.brokerEpoch()) {
            error = Errors.STALE_BROKER_EPOCH;
        } else if (control.controllerEpoch() < controllerEpoch) {
            error = Errors.STALE_CONTROLLER_EPOCH;
        }
        if (error == Errors.NONE) {
            controllerEpoch = control.controllerEpoch();
        }
        return switch (request) {
            case LeaderAndIsrRequest asked -> leaderAndIsr(asked, error);
            case StopReplicaRequest asked -> stopReplica(asked, error);
            case UpdateMetadataRequest asked -> updateMetadata(asked, error);
            default -> throw new IllegalArgumentException(request.toString());
        };
    }

    private LeaderAndIsrResponse leaderAndIsr(LeaderAndIsrRequest asked, Errors error) {
        LeaderAndIsrResponseData data = new LeaderAndIsrResponseData().setErrorCode(error.code());
        if (error == Errors.NONE) {
            asked.partitionStates().forEach(state -> {
                Uuid id = asked.topicIds().get(state.topicName());
                witness.obeyed(node.id(), id, state, asked.controllerEpoch());
                LeaderAndIsrTopicError topic = data.topics().find(id);
                if (topic == null) {
                    topic = new LeaderAndIsrTopicError().setTopicId(id);
                    data.topics().add(topic);
                }
                topic.partitionErrors()
                        .add(new LeaderAndIsrPartitionError()
                                .setPartitionIndex(state.partitionIndex())
                                .setErrorCode(become(state, id).code()));
            });
        }
        return new LeaderAndIsrResponse(data, asked.version());
    }

    private Errors become(LeaderAndIsrPartitionState state, Uuid topicId) {
        PartitionId partition = new PartitionId(state.topicName(), state.partitionIndex());
        Replica known = replicas.get(partition);
        if (known != null && !known.topicId.equals(topicId)) {
            return Errors.INCONSISTENT_TOPIC_ID;
        }
        if (known != null && state.leaderEpoch() <= known.leaderEpoch) {
            return Errors.STALE_CONTROLLER_EPOCH;
        }
        if (!state.replicas().contains(node.id())) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        SimDisk.Stored stored = disk.get(partition);
        if (stored != null && stored.isFailed()) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        if (stored == null || !stored.topicId().equals(topicId)) {
            // A log of another topic of this name was left behind by a deletion, and is a stray.
            stored = new SimDisk.Stored(topicId);
            disk.put(partition, stored);
        }
        Replica replica = known == null ? new Replica(topicId, stored.log()) : known;
        replica.leader = state.leader();
        replica.leaderEpoch = state.leaderEpoch();
        replica.partitionEpoch = state.partitionEpoch();
        replica.isr = Replicas.of(state.isr());
        replica.replicas = Replicas.of(state.replicas());
        replica.recovery = LeaderRecovery.of(state.leaderRecoveryState());
        replica.asked = Replicas.NONE;
        replica.inFlight = false;
        replica.refused = false;
        replica.stopped = false;
        replicas.put(partition, replica);
        return Errors.NONE;
    }

    private StopReplicaResponse stopReplica(StopReplicaRequest asked, Errors error) {
        StopReplicaResponseData data = new StopReplicaResponseData().setErrorCode(error.code());
        if (error == Errors.NONE) {
            asked.partitionStates()
                    .forEach((partition, state) -> data.partitionErrors()
                            .add(new StopReplicaPartitionError()
                                    .setTopicName(partition.topic())
                                    .setPartitionIndex(partition.partition())
                                    .setErrorCode(stop(partition, state).code())));
        }
        return new StopReplicaResponse(data);
    }

    private Errors stop(TopicPartition topicPartition, StopReplicaPartitionState state) {
        PartitionId partition = new PartitionId(topicPartition.topic(), topicPartition.partition());
        Replica known = replicas.get(partition);
        SimDisk.Stored stored = disk.get(partition);
        if (stored != null && stored.isFailed()) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        boolean always = state.leaderEpoch() == DURING_DELETE || state.leaderEpoch() == NO_EPOCH;
        if (known != null && !always && state.leaderEpoch() < known.leaderEpoch) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        if (state.deletePartition()) {
            replicas.remove(partition);
            disk.remove(partition);
        } else if (known != null) {
            known.stopped = true;
        }
        return Errors.NONE;
    }

    private UpdateMetadataResponse updateMetadata(UpdateMetadataRequest asked, Errors error) {
        if (error == Errors.NONE) {
            liveBrokers = new TreeSet<>();
            asked.liveBrokers().forEach(broker -> liveBrokers.add(broker.id()));
            asked.partitionStates().forEach(state -> {
                PartitionId partition = new PartitionId(state.topicName(), state.partitionIndex());
                if (state.leader() == DURING_DELETE) {
                    metadata.remove(partition);
                } else {
                    metadata.put(partition, state);
                }
            });
        }
        return new UpdateMetadataResponse(new UpdateMetadataResponseData().setErrorCode(error.code()));
    }

    /** A log directory fails under some of the replicas, which are served no more. */
    void failLogDirectory(int remainder) {
        Set<PartitionId> failed = new HashSet<>();
        disk.forEach((partition, stored) -> {
            if (partition.partition() % 2 == remainder) {
                stored.fail();
                failed.add(partition);
            }
        });
        replicas.keySet().removeAll(failed);
    }
}
