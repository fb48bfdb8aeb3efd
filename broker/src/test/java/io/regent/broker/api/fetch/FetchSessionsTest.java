package io.regent.broker.api.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.regent.broker.log.FakeTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private static final short WITH_IDS = 15;
    private static final short WITHOUT_IDS = 12;
    private static final Uuid ORDERS = Uuid.randomUuid();
    private static final Map<Uuid, String> NAMES = Map.of(ORDERS, "orders");
    private static final MemoryRecords RECORDS =
            MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("value".getBytes(UTF_8)));

    private final FakeTime time = new FakeTime(1_000_000);
    private final FetchSessions sessions = new FetchSessions(2, time);

    @AfterEach
    void close() {
        sessions.close();
    }

    @Test
    void anIncrementalFetchAsksForAllOfTheSessionAndIsToldOnlyNews() {
        int id = open(false, 0, 1, 2);

        FetchContext context = sessions.context(request(id, 1, false), NAMES);
        List<Integer> askedFor = partitionsOf(context);
        FetchResponse response = context.respond(answers(context, 1));

        assertThat(askedFor).containsExactly(0, 1, 2);
        assertThat(partitionsOf(response)).containsExactly(1);
        assertThat(response.sessionId()).isEqualTo(id);
    }

    @Test
    void aPartitionWithRecordsIsServedLastTheNextTime() {
        int id = open(false, 0, 1, 2);
        FetchContext first = sessions.context(request(id, 1, false), NAMES);
        first.respond(answers(first, 0));

        FetchContext second = sessions.context(request(id, 2, false), NAMES);

        assertThat(partitionsOf(second)).containsExactly(1, 2, 0);
    }

    @Test
    void anErrorIsToldUntilItHasGoneAndThenItsEnd() {
        int id = open(false, 0);
        assertThat(respond(id, 1, Errors.NOT_LEADER_OR_FOLLOWER)).containsExactly(0);
        assertThat(respond(id, 2, Errors.NOT_LEADER_OR_FOLLOWER)).containsExactly(0);
        assertThat(respond(id, 3, Errors.NONE)).containsExactly(0);
        assertThat(respond(id, 4, Errors.NONE)).isEmpty();
    }

    @Test
    void partitionsAreAddedAndForgotten() {
        int id = open(false, 0, 1);

        FetchRequest change = FetchRequest.Builder.forConsumer(WITH_IDS, 0, 1, asked(5))
                .metadata(new FetchMetadata(id, 1))
                .removed(List.of(partition(0)))
                .build(WITH_IDS);

        assertThat(partitionsOf(sessions.context(change, NAMES))).containsExactly(1, 5);
    }

    @Test
    void anUnknownSessionAWrongEpochAndAChangeToNamesAreRefused() {
        int id = open(false, 0);

        assertThat(refusal(request(id + 1, 1, false))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(refusal(request(id, 7, false))).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        FetchRequest byName = FetchRequest.Builder.forConsumer(WITHOUT_IDS, 0, 1, Map.of())
                .metadata(new FetchMetadata(id, 1))
                .build(WITHOUT_IDS);
        assertThat(refusal(byName)).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
    }

    @Test
    void aFinalFetchClosesTheSession() {
        int id = open(false, 0);

        sessions.context(request(id, FetchMetadata.FINAL_EPOCH, false, 0), NAMES);

        assertThat(refusal(request(id, 1, false))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void aTopicIdIsResolvedOnceItsNameIsKnown() {
        FetchContext first = sessions.context(request(FetchMetadata.INVALID_SESSION_ID, 0, false, 0), Map.of());
        List<String> names = new ArrayList<>();
        first.forEach((partition, asked) -> names.add(partition.topic()));
        int id = first.respond(answers(first)).sessionId();

        FetchContext second = sessions.context(request(id, 1, false), NAMES);
        second.forEach((partition, asked) -> names.add(partition.topic()));

        assertThat(names).containsExactly(null, "orders");
    }

    @Test
    void aFullCacheKeepsYoungSessionsButGivesAFollowerTheConsumersPlace() {
        int first = open(false, 0);
        open(false, 0, 1);

        assertThat(open(false, 0, 1, 2)).isEqualTo(FetchMetadata.INVALID_SESSION_ID);
        assertThat(open(true, 0)).isNotEqualTo(FetchMetadata.INVALID_SESSION_ID);
        assertThat(refusal(request(first, 1, false))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void aSessionThatNobodyUsesGivesWayToAnyOther() {
        int idle = open(true, 0, 1);
        time.sleep(FetchSessions.EVICTION_MS + 1);
        open(true, 0);

        assertThat(open(false, 0)).isNotEqualTo(FetchMetadata.INVALID_SESSION_ID);
        assertThat(refusal(request(idle, 1, true))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    private int open(boolean follower, int... partitions) {
        FetchContext context =
                sessions.context(request(FetchMetadata.INVALID_SESSION_ID, 0, follower, partitions), NAMES);
        return context.respond(answers(context)).sessionId();
    }

    private List<Integer> respond(int id, int epoch, Errors error) {
        FetchContext context = sessions.context(request(id, epoch, false), NAMES);
        Map<TopicIdPartition, FetchResponseData.PartitionData> answers = answers(context);
        answers.values().forEach(answer -> answer.setErrorCode(error.code()));
        return partitionsOf(context.respond(answers));
    }

    private Errors refusal(FetchRequest request) {
        return sessions.context(request, NAMES).respond(Map.of()).error();
    }

    private static FetchRequest request(int id, int epoch, boolean follower, int... partitions) {
        FetchRequest.Builder builder = follower
                ? FetchRequest.Builder.forReplica(WITH_IDS, 2, 1, 0, 1, asked(partitions))
                : FetchRequest.Builder.forConsumer(WITH_IDS, 0, 1, asked(partitions));
        return builder.metadata(new FetchMetadata(id, epoch)).build(WITH_IDS);
    }

    private static Map<TopicPartition, FetchRequest.PartitionData> asked(int... partitions) {
        Map<TopicPartition, FetchRequest.PartitionData> asked = new LinkedHashMap<>();
        for (int partition : partitions) {
            asked.put(
                    new TopicPartition("orders", partition),
                    new FetchRequest.PartitionData(ORDERS, 0, 0, 1000, Optional.empty()));
        }
        return asked;
    }

    private static TopicIdPartition partition(int number) {
        return new TopicIdPartition(ORDERS, number, "orders");
    }

    /** Nothing new for all partitions but {@code withRecords}. */
    private static Map<TopicIdPartition, FetchResponseData.PartitionData> answers(
            FetchContext context, int... withRecords) {
        Map<TopicIdPartition, FetchResponseData.PartitionData> answers = new LinkedHashMap<>();
        context.forEach((partition, asked) -> {
            FetchResponseData.PartitionData answer = new FetchResponseData.PartitionData()
                    .setPartitionIndex(partition.partition())
                    .setHighWatermark(10)
                    .setLogStartOffset(0);
            for (int number : withRecords) {
                if (number == partition.partition()) {
                    answer.setRecords(RECORDS);
                }
            }
            answers.put(partition, answer);
        });
        return answers;
    }

    private static List<Integer> partitionsOf(FetchContext context) {
        List<Integer> numbers = new ArrayList<>();
        context.forEach((partition, asked) -> numbers.add(partition.partition()));
        return numbers;
    }

    private static List<Integer> partitionsOf(FetchResponse response) {
        return response.data().responses().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(FetchResponseData.PartitionData::partitionIndex)
                .toList();
    }
}
