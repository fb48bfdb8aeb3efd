package io.regent.broker.api;

import io.regent.broker.api.fetch.FetchContext;
import io.regent.broker.api.fetch.FetchSessions;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.broker.replica.ReplicaManager;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.replica.ClientMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.FetchParams;
import org.apache.kafka.storage.internals.log.FetchPartitionData;

/**
 * Answers Fetch, of consumers and of followers, with and without sessions.
 *
 * <p>Called by request threads; a fetch that finds too little is answered later by another. Records go out as the log's
 * own file regions, except to clients so old that they need an older format.
 */
final class FetchHandler implements RequestHandler {
    /** Older clients do not know KAFKA_STORAGE_ERROR. */
    private static final short FIRST_WITH_STORAGE_ERROR = 6;

    private static final short FIRST_WITH_RACK = 11;
    private static final short FIRST_WITH_CURRENT_LEADER = 16;

    private final ReplicaManager replicas;
    private final MetadataCache metadata;
    private final FetchSessions sessions;
    private final int maxBytes;

    /** @param maxBytes fetch.max.bytes: no response is larger, but for a single batch that is */
    FetchHandler(ReplicaManager replicas, MetadataCache metadata, FetchSessions sessions, int maxBytes) {
        this.replicas = replicas;
        this.metadata = metadata;
        this.sessions = sessions;
        this.maxBytes = maxBytes;
    }

    @Override
    public void handle(Request request) {
        FetchRequest body = request.body(FetchRequest.class);
        MetadataSnapshot now = metadata.current();
        FetchContext context = sessions.context(body, now.namesById());
        LinkedHashMap<TopicIdPartition, FetchResponseData.PartitionData> refused = new LinkedHashMap<>();
        LinkedHashMap<TopicIdPartition, FetchRequest.PartitionData> wanted = new LinkedHashMap<>();
        context.forEach((partition, asked) -> {
            if (partition.topic() == null) {
                refused.put(partition, FetchResponse.partitionResponse(partition, Errors.UNKNOWN_TOPIC_ID));
            } else if (!now.contains(partition.topicPartition())) {
                refused.put(partition, FetchResponse.partitionResponse(partition, Errors.UNKNOWN_TOPIC_OR_PARTITION));
            } else {
                wanted.put(partition, asked);
            }
        });
        if (wanted.isEmpty()) {
            request.reply(context.respond(refused));
            return;
        }
        Answers.when(
                replicas.fetch(params(request, body), wanted),
                request,
                read -> response(request, context, wanted, read, refused));
    }

    private FetchParams params(Request request, FetchRequest body) {
        int bytes = Math.min(body.maxBytes(), maxBytes);
        Optional<ClientMetadata> client = body.version() < FIRST_WITH_RACK
                ? Optional.empty()
                : Optional.of(new ClientMetadata.DefaultClientMetadata(
                        body.rackId(),
                        request.header().clientId(),
                        request.context().clientAddress,
                        request.context().principal,
                        request.context().listenerName.value()));
        return new FetchParams(
                body.version(),
                body.replicaId(),
                body.replicaEpoch(),
                body.maxWait(),
                Math.min(body.minBytes(), bytes),
                bytes,
                FetchIsolation.of(body),
                client);
    }

    private FetchResponse response(
            Request request,
            FetchContext context,
            Map<TopicIdPartition, FetchRequest.PartitionData> wanted,
            Map<TopicIdPartition, FetchPartitionData> read,
            Map<TopicIdPartition, FetchResponseData.PartitionData> refused) {
        short version = request.header().apiVersion();
        CurrentLeaders leaders = new CurrentLeaders(metadata.current(), request.context().listenerName);
        LinkedHashMap<TopicIdPartition, FetchResponseData.PartitionData> answered = new LinkedHashMap<>();
        read.forEach((id, data) -> {
            FetchResponseData.PartitionData partition = partition(id, data, version);
            boolean wrongLeader =
                    data.error == Errors.NOT_LEADER_OR_FOLLOWER || data.error == Errors.FENCED_LEADER_EPOCH;
            if (wrongLeader && version >= FIRST_WITH_CURRENT_LEADER) {
                CurrentLeaders.Leader leader = leaders.of(id.topicPartition());
                partition.currentLeader().setLeaderId(leader.id()).setLeaderEpoch(leader.epoch());
            }
            answered.put(id, partition);
        });
        answered.putAll(refused);
        FetchResponse response = context.respond(answered);
        leaders.named()
                .forEach(node -> response.data()
                        .nodeEndpoints()
                        .add(new FetchResponseData.NodeEndpoint()
                                .setNodeId(node.id())
                                .setHost(node.host())
                                .setPort(node.port())
                                .setRack(node.rack())));
        OldRecordFormats.adapt(response, version, wanted, replicas::log);
        return response;
    }

    private static FetchResponseData.PartitionData partition(
            TopicIdPartition id, FetchPartitionData data, short version) {
        Errors error = data.error == Errors.KAFKA_STORAGE_ERROR && version < FIRST_WITH_STORAGE_ERROR
                ? Errors.NOT_LEADER_OR_FOLLOWER
                : data.error;
        FetchResponseData.PartitionData partition = new FetchResponseData.PartitionData()
                .setPartitionIndex(id.partition())
                .setErrorCode(error.code())
                .setHighWatermark(data.highWatermark)
                .setLastStableOffset(data.lastStableOffset.orElse(FetchResponse.INVALID_LAST_STABLE_OFFSET))
                .setLogStartOffset(data.logStartOffset)
                .setAbortedTransactions(data.abortedTransactions.orElse(null))
                .setRecords(data.records)
                .setPreferredReadReplica(data.preferredReadReplica.orElse(FetchResponse.INVALID_PREFERRED_REPLICA_ID));
        data.divergingEpoch.ifPresent(partition::setDivergingEpoch);
        return partition;
    }
}
