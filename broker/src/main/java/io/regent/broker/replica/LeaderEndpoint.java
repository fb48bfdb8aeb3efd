package io.regent.broker.replica;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.FetchSessionHandler;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.utils.LogContext;

/**
 * What a follower asks of one leading broker, over one connection and one fetch session (KIP-227). One thread owns it;
 * any thread may {@link #wakeup} it. It knows no logs.
 */
final class LeaderEndpoint implements AutoCloseable {
    /** The newest Fetch version that names topics instead of giving their ids. */
    private static final short LAST_VERSION_WITH_NAMES = 12;

    /** Kafka 3.0's newest, and the first by which a leader tells of diverging epochs (KIP-595), on which truncation rests. */
    private static final short OLDEST_VERSION = 12;

    private final Node node;
    private final BlockingSender sender;
    private final PartitionContext context;
    private final FetchSessionHandler session;

    LeaderEndpoint(Node node, BlockingSender sender, PartitionContext context) {
        this.node = node;
        this.sender = sender;
        this.context = context;
        this.session = new FetchSessionHandler(new LogContext("[from broker " + node.id() + "] "), node.id());
    }

    Node node() {
        return node;
    }

    void wakeup() {
        sender.wakeup();
    }

    /**
     * Fetches what is there, or waits at the leader for replica.fetch.wait.max.ms at most.
     *
     * @param waitMs how long to wait there where that is shorter, at least 1
     * @param remainingMs how long to wait on, given when the fetch was sent; see {@link BlockingSender.Interruption}
     * @return the partitions that the leader had something to say of
     * @throws IOException when there is no answer, or no usable one
     */
    Map<TopicPartition, FetchResponseData.PartitionData> fetch(
            Map<TopicPartition, FetchState> wanted, long waitMs, LongUnaryOperator remainingMs) throws IOException {
        FetchSessionHandler.FetchRequestData data = sessionRequest(wanted);
        long sentMs = context.time().milliseconds();
        ClientResponse answer;
        try {
            answer = sender.send(node, request(data, waitMs), () -> remainingMs.applyAsLong(sentMs));
        } catch (IOException | RuntimeException e) {
            // Nobody knows whether the leader saw the request: the next one opens a new session.
            session.handleError(new DisconnectException(e.toString()));
            throw e;
        }
        FetchResponse response = (FetchResponse) answer.responseBody();
        short version = answer.requestHeader().apiVersion();
        if (!session.handleResponse(response, version)) {
            // A session that the leader has dropped costs nothing but opening another one at once.
            boolean sessionLost = response.error() == Errors.FETCH_SESSION_ID_NOT_FOUND
                    || response.error() == Errors.INVALID_FETCH_SESSION_EPOCH;
            if (!sessionLost) {
                throw new IOException("Broker " + node.id() + " refused the fetch: " + response.error());
            }
            return Map.of();
        }
        return response.responseData(session.sessionTopicNames(), version);
    }

    private FetchSessionHandler.FetchRequestData sessionRequest(Map<TopicPartition, FetchState> wanted) {
        FetchSessionHandler.Builder builder = session.newBuilder(wanted.size(), false);
        int maxBytes = context.settings().fetchers().maxBytes();
        wanted.forEach((partition, state) -> builder.add(
                partition,
                new FetchRequest.PartitionData(
                        state.topicId().orElse(Uuid.ZERO_UUID),
                        state.offset(),
                        context.logs()
                                .getLog(partition)
                                .map(log -> log.logStartOffset())
                                .orElse(FetchRequest.INVALID_LOG_START_OFFSET),
                        maxBytes,
                        Optional.of(state.leaderEpoch()),
                        state.lastFetchedEpoch())));
        return builder.build();
    }

    private FetchRequest.Builder request(FetchSessionHandler.FetchRequestData data, long waitMs) {
        ReplicaSettings.FetcherSettings settings = context.settings().fetchers();
        short newest = data.canUseTopicIds() ? ApiKeys.FETCH.latestVersion() : LAST_VERSION_WITH_NAMES;
        return new FetchRequest.Builder(
                        OLDEST_VERSION,
                        newest,
                        context.brokerId(),
                        context.brokerEpoch().getAsLong(),
                        (int) Math.min(waitMs, settings.waitMaxMs()),
                        settings.minBytes(),
                        data.toSend())
                .setMaxBytes(settings.responseMaxBytes())
                .removed(data.toForget())
                .replaced(data.toReplace())
                .metadata(data.metadata());
    }

    /**
     * Where the leader's log starts or ends.
     *
     * @param timestamp {@link ListOffsetsRequest#EARLIEST_TIMESTAMP} or {@link ListOffsetsRequest#LATEST_TIMESTAMP}
     * @throws IOException when there is no answer
     * @throws org.apache.kafka.common.errors.ApiException as the leader answered
     */
    long listOffset(TopicPartition partition, int leaderEpoch, long timestamp) throws IOException {
        ListOffsetsPartition asked = new ListOffsetsPartition()
                .setPartitionIndex(partition.partition())
                .setCurrentLeaderEpoch(leaderEpoch)
                .setTimestamp(timestamp);
        ListOffsetsRequest.Builder request = ListOffsetsRequest.Builder.forReplica(
                        ApiKeys.LIST_OFFSETS.latestVersion(), context.brokerId())
                .setTargetTimes(List.of(
                        new ListOffsetsTopic().setName(partition.topic()).setPartitions(List.of(asked))));
        ListOffsetsPartitionResponse answer = sender.call(node, request, ListOffsetsResponse.class).topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .findFirst()
                .orElseThrow(
                        () -> new IOException("Broker " + node.id() + " left " + partition + " out of its answer"));
        Errors.forCode(answer.errorCode()).maybeThrow();
        return answer.offset();
    }

    @Override
    public void close() {
        sender.close();
    }
}
