package io.regent.it;

import io.regent.cli.node.BrokerProbe;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;

/**
 * Tells a broker, as anyone who reaches its port can, that it were the controller, with the highest epoch there is.
 *
 * <p>One thread. Each request goes over a connection of its own.
 */
final class ForgedController {

    private static final int WILD_EPOCH = Integer.MAX_VALUE;
    private static final int READ_TIMEOUT_MS = (int) ItCluster.PATIENCE.toMillis();

    /** Accepted in place of the epoch of the broker's registration (KIP-380). */
    private static final long ANY_BROKER_EPOCH = -1;

    private final int port;

    ForgedController(int port) {
        this.port = port;
    }

    /** Takes a partition's leadership from all brokers; gives back what the broker answers. */
    Errors sendLeaderAndIsr(String topic, Uuid topicId) throws IOException {
        LeaderAndIsrPartitionState state = new LeaderAndIsrPartitionState()
                .setTopicName(topic)
                .setPartitionIndex(0)
                .setControllerEpoch(WILD_EPOCH)
                .setLeader(-1)
                .setLeaderEpoch(WILD_EPOCH)
                .setIsr(List.of(9))
                .setReplicas(List.of(9));
        short version = ApiKeys.LEADER_AND_ISR.latestVersion();
        return answer(new LeaderAndIsrRequest.Builder(
                        version, 9, WILD_EPOCH, ANY_BROKER_EPOCH, List.of(state), Map.of(topic, topicId), List.of())
                .build(version));
    }

    /** Says that no broker lives and nobody leads; gives back what the broker answers. */
    Errors sendUpdateMetadata(String topic, Uuid topicId) throws IOException {
        UpdateMetadataPartitionState state = new UpdateMetadataPartitionState()
                .setTopicName(topic)
                .setPartitionIndex(0)
                .setControllerEpoch(WILD_EPOCH)
                .setLeader(-1)
                .setLeaderEpoch(WILD_EPOCH);
        short version = ApiKeys.UPDATE_METADATA.latestVersion();
        return answer(new UpdateMetadataRequest.Builder(
                        version, 9, WILD_EPOCH, ANY_BROKER_EPOCH, List.of(state), List.of(), Map.of(topic, topicId))
                .build(version));
    }

    private Errors answer(AbstractRequest request) throws IOException {
        try (BrokerProbe broker = BrokerProbe.connect("127.0.0.1", port, READ_TIMEOUT_MS)) {
            return broker.ask(request.apiKey(), request.version(), request).errorCounts().keySet().stream()
                    .findFirst()
                    .orElseThrow();
        }
    }
}
