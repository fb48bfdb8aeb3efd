package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.BaseRecords;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.LazyDownConversionRecords;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.Records;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final TopicPartition SECOND = new TopicPartition("orders", 1);
    private static final short FETCH_VERSION = 12;
    private static final short OLD_FETCH_VERSION = 3;

    @TempDir
    Path directory;

    static List<Transport> transports() {
        return TestServer.transports().toList();
    }

    private static FetchRequest fetch(short version) {
        return FetchRequest.Builder.forConsumer(version, 500, 1, new LinkedHashMap<>())
                .build(version);
    }

    private static FetchResponseData.PartitionData data(int partition, BaseRecords records) {
        return new FetchResponseData.PartitionData()
                .setPartitionIndex(partition)
                .setHighWatermark(10)
                .setRecords(records);
    }

    private static FetchResponse response(BaseRecords... records) {
        LinkedHashMap<TopicIdPartition, FetchResponseData.PartitionData> partitions = new LinkedHashMap<>();
        for (int i = 0; i < records.length; i++) {
            partitions.put(new TopicIdPartition(Uuid.ZERO_UUID, i, PARTITION.topic()), data(i, records[i]));
        }
        return FetchResponse.of(Errors.NONE, 0, 0, partitions);
    }

    private FileRecords segment(String name, int batches, int bytesPerBatch) throws IOException {
        FileRecords file = FileRecords.open(directory.resolve(name).toFile());
        Random random = new Random(name.hashCode());
        for (int i = 0; i < batches; i++) {
            byte[] value = new byte[bytesPerBatch];
            random.nextBytes(value);
            file.append(MemoryRecords.withRecords(
                    RecordBatch.MAGIC_VALUE_V2, i, Compression.NONE, new SimpleRecord(1000L + i, value)));
        }
        file.flush();
        return file;
    }

    private static ByteBuffer bytesOf(FileRecords records) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(records.sizeInBytes());
        records.readInto(bytes, 0);
        return bytes;
    }

    private static Records recordsIn(FetchResponse response, TopicPartition partition, short version) {
        return (Records) response.responseData(Map.of(), version).get(partition).records();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void recordsOfAFileArriveByteForByteAndTheFileStaysOpen(Transport transport) throws IOException {
        try (FileRecords file = segment("log", 40, 100_000);
                FileRecords other = segment("other", 3, 10)) {
            FileRecords slice = file.slice(file.sizeInBytes() / 4 / 10 * 10, 2_345_678);
            ByteBuffer expected = bytesOf(slice);
            MemoryRecords inMemory = MemoryRecords.withRecords(
                    Compression.NONE, new SimpleRecord("in memory".getBytes(StandardCharsets.UTF_8)));
            RequestHandler handler = request -> request.reply(response(slice, inMemory, other));
            try (TestServer server = new TestServer(transport, handler, Map.of());
                    TestClient client = server.connect()) {
                for (int i = 0; i < 3; i++) {
                    FetchResponse fetched = (FetchResponse) client.call(fetch(FETCH_VERSION), i);
                    MemoryRecords first = (MemoryRecords) recordsIn(fetched, PARTITION, FETCH_VERSION);
                    assertThat(first.buffer()).isEqualTo(expected.rewind());
                    assertThat(recordsIn(fetched, SECOND, FETCH_VERSION)).isEqualTo(inMemory);
                }
            }
            assertThat(file.channel().isOpen()).isTrue();
        }
    }

    @Test
    void recordsAreConvertedForAnOldClientAsTheyLeave() throws IOException {
        try (FileRecords file = segment("log", 20, 50_000)) {
            RequestHandler handler = request -> request.reply(response(
                    new LazyDownConversionRecords(PARTITION, file, RecordBatch.MAGIC_VALUE_V1, 0, Time.SYSTEM)));
            try (TestServer server = TestServer.start(handler);
                    TestClient client = server.connect()) {
                FetchResponse fetched = (FetchResponse) client.call(fetch(OLD_FETCH_VERSION), 1);
                List<Long> offsets = new ArrayList<>();
                for (Record record :
                        recordsIn(fetched, PARTITION, OLD_FETCH_VERSION).records()) {
                    assertThat(record.hasMagic(RecordBatch.MAGIC_VALUE_V1)).isTrue();
                    offsets.add(record.offset());
                }
                assertThat(offsets).hasSize(20).isSorted();
            }
        }
    }

    @Test
    void recordsThatWereTruncatedMeanwhileCloseTheConnectionInsteadOfSendingOthers() throws IOException {
        try (FileRecords file = segment("log", 10, 1000)) {
            FileRecords slice = file.slice(0, file.sizeInBytes());
            file.truncateTo(100);
            try (TestServer server = TestServer.start(request -> request.reply(response(slice)));
                    TestClient client = server.connect()) {
                client.send(fetch(FETCH_VERSION), 1);
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aPeerThatDoesNotReadStopsTheBrokerFromAnsweringMore(Transport transport) throws IOException {
        int responseBytes = 2 * 1024 * 1024;
        int requests = 100;
        MemoryRecords large = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[responseBytes]));
        AtomicInteger handled = new AtomicInteger();
        RequestHandler handler = request -> {
            handled.incrementAndGet();
            request.reply(response(large));
        };
        try (TestServer server = new TestServer(transport, handler, Map.of());
                TestClient slow = new TestClient(server.port(), 16 * 1024);
                TestClient other = server.connect()) {
            List<RequestHeader> sent = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                sent.add(slow.send(fetch(FETCH_VERSION), i));
            }
            await().until(() -> handled.get() >= ExchangeQueue.MAX_IN_FLIGHT);
            assertThat(other.call(fetch(FETCH_VERSION), 1)).isNotNull();
            assertThat(handled.get()).isLessThan(requests / 4);
            assertThat(server.directMemoryBytes()).isLessThan(4L * responseBytes);
            for (RequestHeader header : sent) {
                assertThat(slow.receive(header)).isNotNull();
            }
            assertThat(handled.get()).isEqualTo(requests + 1);
        }
    }
}
