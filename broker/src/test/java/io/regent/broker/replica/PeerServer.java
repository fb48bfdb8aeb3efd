package io.regent.broker.replica;

import io.regent.broker.BrokerConfig;
import io.regent.broker.api.ApiRouter;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.FetchParams;
import org.apache.kafka.storage.internals.log.FetchPartitionData;

/** Serves a test broker's replicas to its followers over a real socket, without fetch sessions. */
final class PeerServer implements AutoCloseable {
    private final TestBroker broker;
    private final RequestServer server;
    final AtomicInteger fetches = new AtomicInteger();
    volatile short newestFetchVersion = ApiKeys.FETCH.latestVersion();

    PeerServer(TestBroker broker) {
        this.broker = broker;
        this.server = new RequestServer(BrokerConfig.fromMap(Map.of(
                "zookeeper.connect", "127.0.0.1:2181",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "num.network.threads", "1",
                "num.io.threads", "2")));
        server.bind();
        server.serve(ApiRouter.builder()
                .register(ApiKeys.API_VERSIONS, this::versions)
                .register(ApiKeys.FETCH, this::fetch)
                .register(ApiKeys.LIST_OFFSETS, this::listOffsets)
                .build());
    }

    Node node() {
        return new Node(broker.id, "127.0.0.1", server.boundPort(TestBroker.LISTENER));
    }

    private void versions(Request request) {
        ApiVersionCollection versions = new ApiVersionCollection();
        for (ApiKeys key : List.of(ApiKeys.API_VERSIONS, ApiKeys.FETCH, ApiKeys.LIST_OFFSETS)) {
            ApiVersion version = key.toApiVersion(false).orElseThrow();
            versions.add(key == ApiKeys.FETCH ? version.setMaxVersion(newestFetchVersion) : version);
        }
        request.reply(new ApiVersionsResponse(new ApiVersionsResponseData().setApiKeys(versions)));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // both outcomes are answered
    private void fetch(Request request) {
        fetches.incrementAndGet();
        FetchRequest body = request.body(FetchRequest.class);
        FetchParams params = new FetchParams(
                body.version(),
                body.replicaId(),
                body.replicaEpoch(),
                body.maxWait(),
                body.minBytes(),
                body.maxBytes(),
                FetchIsolation.LOG_END,
                Optional.empty());
        Map<TopicIdPartition, FetchRequest.PartitionData> wanted =
                body.fetchData(broker.metadata.current().namesById());
        broker.replicas.fetch(params, wanted).whenComplete((data, failure) -> {
            if (failure == null) {
                request.reply(response(data));
            } else {
                request.fail(failure);
            }
        });
    }

    private static FetchResponse response(Map<TopicIdPartition, FetchPartitionData> data) {
        LinkedHashMap<TopicIdPartition, FetchResponseData.PartitionData> all = new LinkedHashMap<>();
        data.forEach((partition, read) -> all.put(
                partition,
                new FetchResponseData.PartitionData()
                        .setPartitionIndex(partition.partition())
                        .setErrorCode(read.error.code())
                        .setHighWatermark(read.highWatermark)
                        .setLogStartOffset(read.logStartOffset)
                        .setRecords(read.records)
                        .setDivergingEpoch(read.divergingEpoch.orElse(new FetchResponseData.EpochEndOffset()))));
        return FetchResponse.of(Errors.NONE, 0, 0, all);
    }

    private void listOffsets(Request request) {
        ListOffsetsRequest body = request.body(ListOffsetsRequest.class);
        var topic = body.topics().getFirst();
        var partition = topic.partitions().getFirst();
        TopicPartition topicPartition = new TopicPartition(topic.name(), partition.partitionIndex());
        var found = broker.replicas
                .listOffset(
                        topicPartition,
                        partition.timestamp(),
                        Optional.empty(),
                        Optional.of(partition.currentLeaderEpoch()),
                        true)
                .orElseThrow();
        request.reply(new ListOffsetsResponse(new ListOffsetsResponseData()
                .setTopics(List.of(ListOffsetsResponse.singletonListOffsetsTopicResponse(
                        topicPartition, Errors.NONE, found.timestamp, found.offset, found.leaderEpoch.orElse(-1))))));
    }

    @Override
    public void close() {
        server.close();
    }
}
