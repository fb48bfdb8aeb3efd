package io.regent.controller.link;

import io.regent.controller.Reign;
import io.regent.controller.StopReplica;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.Endpoint;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrRequestData;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrLiveLeader;
import org.apache.kafka.common.message.StopReplicaRequestData;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaPartitionState;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaTopicState;
import org.apache.kafka.common.message.UpdateMetadataRequestData;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataEndpoint;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * Builds the requests by which a controller tells brokers, exactly as Kafka 3.9's own does. Pure; any thread.
 */
final class ControlRequests {

    /** What a partition takes in a request besides its topic's name and its lists of broker ids, at most. */
    private static final int PARTITION_BYTES = 48;

    private static final int ID_BYTES = 4;

    /** The ISR, the replicas, and those among them that are offline, or that a reassignment adds or removes. */
    private static final int LISTS = 3;

    private static final long NO_BROKER_EPOCH = -1;

    private final Reign reign;
    private final LinkSettings settings;

    ControlRequests(Reign reign, LinkSettings settings) {
        this.reign = reign;
        this.settings = settings;
    }

    /** How many bytes a partition of the topic takes in a request that tells of it, rather too many than too few. */
    static int partitionBytes(TopicImage topic) {
        return PARTITION_BYTES + topic.name().length() + LISTS * ID_BYTES * topic.mostReplicas();
    }

    /**
     * Who shall lead and follow what, to one life of a broker.
     *
     * @param version one of those from 5 on
     */
    Body leaderAndIsr(Outbox.Batch.LeaderAndIsr batch, long brokerEpoch, short version) {
        TopicBytes topics = new TopicBytes(new LeaderAndIsrFormat(version), batch.topics());
        return TopicsBody.of(
                leaderAndIsrOf(brokerEpoch),
                leaderAndIsrOf(brokerEpoch).setLiveLeaders(liveLeaders(topics.leaders(), batch.image())),
                topics,
                version);
    }

    private LeaderAndIsrRequestData leaderAndIsrOf(long brokerEpoch) {
        return new LeaderAndIsrRequestData()
                .setControllerId(reign.controllerId())
                .setControllerEpoch(reign.epoch())
                .setBrokerEpoch(brokerEpoch);
    }

    private List<LeaderAndIsrLiveLeader> liveLeaders(Set<Integer> leaders, ClusterImage live) {
        List<LeaderAndIsrLiveLeader> nodes = new ArrayList<>(leaders.size());
        leaders.stream()
                .sorted()
                .forEach(leader -> live.broker(leader)
                        .flatMap(broker -> broker.endpoint(settings.listenerName()))
                        .ifPresent(at -> nodes.add(new LeaderAndIsrLiveLeader()
                                .setBrokerId(leader)
                                .setHostName(at.host())
                                .setPort(at.port()))));
        return nodes;
    }

    /**
     * What any broker is told, but for the beginning, which is {@link #metadataHead}.
     *
     * @param version one of those from 7 on
     */
    ByteBuffer metadataTail(Outbox.Batch.UpdateMetadata batch, short version) {
        return TopicsBody.tail(
                metadataOf(NO_BROKER_EPOCH),
                metadataOf(NO_BROKER_EPOCH).setLiveBrokers(liveBrokers(batch.image())),
                new TopicBytes(new UpdateMetadataFormat(), batch.topics()),
                version);
    }

    /** How an UpdateMetadata to one life of a broker begins. */
    ByteBuffer metadataHead(long brokerEpoch, short version) {
        return TopicsBody.head(metadataOf(brokerEpoch), version);
    }

    private UpdateMetadataRequestData metadataOf(long brokerEpoch) {
        return new UpdateMetadataRequestData()
                .setControllerId(reign.controllerId())
                .setControllerEpoch(reign.epoch())
                .setBrokerEpoch(brokerEpoch);
    }

    /** A topic's id, as Kafka's classes have it. */
    static Uuid topicId(TopicStates states) {
        TopicId id = TopicBytes.id(states);
        return new Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    private List<UpdateMetadataBroker> liveBrokers(ClusterImage image) {
        SortedMap<Integer, BrokerRegistration> brokers = image.brokers();
        settings.unregistered().ifPresent(ruler -> brokers.putIfAbsent(ruler.id(), ruler));
        List<UpdateMetadataBroker> live = new ArrayList<>(brokers.size());
        for (BrokerRegistration broker : brokers.values()) {
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

    StopReplicaRequestData stopReplicas(Outbox.Batch.StopReplicas batch, long brokerEpoch) {
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
        return new StopReplicaRequestData()
                .setControllerId(reign.controllerId())
                .setControllerEpoch(reign.epoch())
                .setBrokerEpoch(brokerEpoch)
                .setTopicStates(new ArrayList<>(topics.values()));
    }
}
