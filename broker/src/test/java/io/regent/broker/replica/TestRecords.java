package io.regent.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.broker.log.PartitionLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.FetchParams;
import org.apache.kafka.storage.internals.log.FetchPartitionData;

/** Short ways to produce to, and fetch from, the one partition of the tests. */
final class TestRecords {
    static final int CONSUMER = -1;
    static final long REPLICA_EPOCH = 42;

    private TestRecords() {}

    static MemoryRecords batch(String value) {
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(value.getBytes(StandardCharsets.UTF_8)));
    }

    static CompletableFuture<PartitionResponse> produce(TestBroker broker, int acks, String... values) {
        CompletableFuture<Map<TopicPartition, PartitionResponse>> last = null;
        for (String value : values) {
            last = broker.replicas.append(
                    AppendRequest.ofClient((short) acks, 60_000, false, Map.of(TestBroker.PARTITION, batch(value))));
        }
        return last.thenApply(all -> all.get(TestBroker.PARTITION));
    }

    /** Appends on the leader, which must take it. */
    static void append(TestBroker broker, String... values) {
        assertThat(produce(broker, 1, values).join().error).isEqualTo(Errors.NONE);
    }

    /** One partition's part of a Fetch. */
    record Wanted(long offset, long logStartOffset, Optional<Integer> leaderEpoch, Optional<Integer> lastFetchedEpoch) {
        static Wanted at(long offset) {
            return new Wanted(offset, 0, Optional.empty(), Optional.empty());
        }

        Wanted startingAt(long logStart) {
            return new Wanted(offset, logStart, leaderEpoch, lastFetchedEpoch);
        }

        Wanted inEpoch(int epoch) {
            return new Wanted(offset, logStartOffset, Optional.of(epoch), lastFetchedEpoch);
        }

        Wanted afterEpoch(int epoch) {
            return new Wanted(offset, logStartOffset, leaderEpoch, Optional.of(epoch));
        }
    }

    static CompletableFuture<FetchPartitionData> fetch(
            TestBroker broker, int replicaId, long maxWaitMs, Wanted wanted) {
        FetchParams params = new FetchParams(
                (short) 15,
                replicaId,
                replicaId == CONSUMER ? -1 : REPLICA_EPOCH,
                maxWaitMs,
                1,
                1 << 20,
                replicaId == CONSUMER ? FetchIsolation.HIGH_WATERMARK : FetchIsolation.LOG_END,
                Optional.empty());
        Map<TopicIdPartition, FetchRequest.PartitionData> all = new LinkedHashMap<>();
        TopicIdPartition id = new TopicIdPartition(Uuid.ZERO_UUID, TestBroker.PARTITION);
        all.put(
                id,
                new FetchRequest.PartitionData(
                        Uuid.ZERO_UUID,
                        wanted.offset,
                        wanted.logStartOffset,
                        1 << 20,
                        wanted.leaderEpoch,
                        wanted.lastFetchedEpoch));
        return broker.replicas.fetch(params, all).thenApply(data -> data.get(id));
    }

    /** A follower's fetch that does not wait. */
    static FetchPartitionData follow(TestBroker leader, int follower, long offset) {
        return fetch(leader, follower, 0, Wanted.at(offset)).join();
    }

    static List<String> values(PartitionLog log) {
        List<String> values = new ArrayList<>();
        for (Record record : log.read(log.logStartOffset(), 1 << 20, FetchIsolation.LOG_END, true)
                .records
                .records()) {
            values.add(Utils.utf8(record.value()));
        }
        return values;
    }
}
