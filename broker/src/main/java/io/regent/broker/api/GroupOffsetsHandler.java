package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.network.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/**
 * Answers what groups ask about their offsets: OffsetCommit, OffsetFetch and OffsetDelete.
 *
 * <p>Any request thread may call it; a commit is answered once it is replicated. Version 0 of OffsetCommit and
 * OffsetFetch, which Kafka serves from znodes of their own, are served by the coordinator like all others.
 */
final class GroupOffsetsHandler {
    private final GroupCoordinator coordinator;
    private final MetadataCache metadata;

    GroupOffsetsHandler(GroupCoordinator coordinator, MetadataCache metadata) {
        this.coordinator = coordinator;
        this.metadata = metadata;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.OFFSET_COMMIT, this::commit)
                .register(ApiKeys.OFFSET_FETCH, this::fetch)
                .register(ApiKeys.OFFSET_DELETE, this::delete);
    }

    private void commit(Request request) {
        OffsetCommitRequest body = request.body(OffsetCommitRequest.class);
        OffsetCommitResponse.Builder response = new OffsetCommitResponse.Builder();
        List<OffsetCommitRequestTopic> known = knownCommits(body.data(), response);
        if (known.isEmpty()) {
            request.reply(response.build());
            return;
        }
        OffsetCommitRequestData commit = body.data().duplicate().setTopics(known);
        Answers.when(
                coordinator.commitOffsets(request.context(), commit, BufferSupplier.NO_CACHING),
                request,
                result -> response.merge(result).build());
    }

    private List<OffsetCommitRequestTopic> knownCommits(
            OffsetCommitRequestData data, OffsetCommitResponse.Builder response) {
        MetadataSnapshot now = metadata.current();
        List<OffsetCommitRequestTopic> known = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : data.topics()) {
            List<OffsetCommitRequestPartition> partitions = new ArrayList<>();
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                if (now.contains(new TopicPartition(topic.name(), partition.partitionIndex()))) {
                    partitions.add(partition);
                } else {
                    response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!partitions.isEmpty()) {
                known.add(topic.duplicate().setPartitions(partitions));
            }
        }
        return known;
    }

    private void fetch(Request request) {
        OffsetFetchRequest body = request.body(OffsetFetchRequest.class);
        List<CompletableFuture<OffsetFetchResponseGroup>> groups = body.groups().stream()
                .map(group -> fetch(request, group, body.requireStable()))
                .toList();
        Answers.when(
                CompletableFuture.allOf(groups.toArray(CompletableFuture[]::new)),
                request,
                done -> new OffsetFetchResponse(
                        groups.stream().map(CompletableFuture::join).toList(), body.version()));
    }

    private CompletableFuture<OffsetFetchResponseGroup> fetch(
            Request request, OffsetFetchRequestGroup group, boolean requireStable) {
        CompletableFuture<OffsetFetchResponseGroup> offsets = group.topics() == null
                ? coordinator.fetchAllOffsets(request.context(), group, requireStable)
                : coordinator.fetchOffsets(request.context(), group, requireStable);
        return offsets.exceptionally(failure -> new OffsetFetchResponseGroup()
                .setGroupId(group.groupId())
                .setErrorCode(Errors.forException(Answers.cause(failure)).code()));
    }

    private void delete(Request request) {
        OffsetDeleteRequest body = request.body(OffsetDeleteRequest.class);
        OffsetDeleteResponse.Builder response = new OffsetDeleteResponse.Builder();
        OffsetDeleteRequestData deletion = new OffsetDeleteRequestData()
                .setGroupId(body.data().groupId())
                .setTopics(knownDeletions(body.data(), response));
        Answers.when(
                coordinator.deleteOffsets(request.context(), deletion, BufferSupplier.NO_CACHING),
                request,
                result -> response.merge(result).build());
    }

    private OffsetDeleteRequestTopicCollection knownDeletions(
            OffsetDeleteRequestData data, OffsetDeleteResponse.Builder response) {
        MetadataSnapshot now = metadata.current();
        OffsetDeleteRequestTopicCollection known = new OffsetDeleteRequestTopicCollection();
        for (OffsetDeleteRequestTopic topic : data.topics()) {
            List<OffsetDeleteRequestPartition> partitions = new ArrayList<>();
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                if (now.contains(new TopicPartition(topic.name(), partition.partitionIndex()))) {
                    partitions.add(partition);
                } else {
                    response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!partitions.isEmpty()) {
                known.add(new OffsetDeleteRequestTopic().setName(topic.name()).setPartitions(partitions));
            }
        }
        return known;
    }
}
