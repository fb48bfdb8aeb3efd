package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.Records;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;

/** One log directory of a test, its clock and its scheduler, and short ways to write and read records. */
final class LogFixture {
    static final long START_MS = 1_700_000_000_000L;
    static final int EPOCH = 5;

    final FakeTime time = new FakeTime(START_MS);
    final FakeScheduler scheduler = new FakeScheduler(time);
    final LogDirFailureChannel failures;
    final LogEnvironment environment;
    final File dir;

    LogFixture(Path logDir) {
        this(logDir, new LogDirFailureChannel(4));
    }

    LogFixture(Path logDir, LogDirFailureChannel failures) {
        this.failures = failures;
        this.dir = logDir.resolve("orders-0").toFile();
        this.environment = new LogEnvironment(
                time, scheduler, failures, 900_000, new ProducerStateManagerConfig(86_400_000, false), silent());
    }

    static LogValidator.MetricsRecorder silent() {
        return new LogValidator.MetricsRecorder() {
            @Override
            public void recordInvalidMagic() {}

            @Override
            public void recordInvalidOffset() {}

            @Override
            public void recordInvalidSequence() {}

            @Override
            public void recordInvalidChecksums() {}

            @Override
            public void recordNoKeyCompactedTopic() {}
        };
    }

    static LogConfig config(String... keysAndValues) {
        Properties overrides = new Properties();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            overrides.setProperty(keysAndValues[i], keysAndValues[i + 1]);
        }
        return LogConfig.fromProps(Map.of(), overrides);
    }

    PartitionLog open(LogConfig config) {
        return open(config, LogLoader.Origin.NEW_LOG);
    }

    PartitionLog open(LogConfig config, LogLoader.Origin origin) {
        try {
            return LogLoader.open(dir, config, origin, environment, Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SimpleRecord record(String key, String value) {
        return record(START_MS, key, value);
    }

    static SimpleRecord record(long timestamp, String key, String value) {
        return new SimpleRecord(timestamp, bytes(key), bytes(value));
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static MemoryRecords batch(SimpleRecord... records) {
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    /** A batch of one keyless record. */
    static MemoryRecords batch(String value) {
        return batch(record(null, value));
    }

    static MemoryRecords idempotent(long producerId, int producerEpoch, int sequence, SimpleRecord... records) {
        return MemoryRecords.withIdempotentRecords(
                Compression.NONE, producerId, (short) producerEpoch, sequence, records);
    }

    static LogAppendInfo append(PartitionLog log, String... values) {
        LogAppendInfo last = null;
        for (String value : values) {
            last = append(log, batch(value));
        }
        return last;
    }

    static LogAppendInfo append(PartitionLog log, MemoryRecords records) {
        return log.appendAsLeader(records, EPOCH, AppendOrigin.CLIENT);
    }

    /** All values from an offset to the log end. */
    static List<String> values(PartitionLog log, long fromOffset) {
        List<String> values = new ArrayList<>();
        long offset = fromOffset;
        while (offset < log.logEndOffset()) {
            Records records = log.read(offset, 1 << 20, FetchIsolation.LOG_END, true).records;
            if (records.sizeInBytes() == 0) {
                return values;
            }
            for (Record record : records.records()) {
                if (record.offset() >= offset) {
                    values.add(Utils.utf8(record.value()));
                }
                offset = Math.max(offset, record.offset() + 1);
            }
        }
        return values;
    }
}
