package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.START_MS;
import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.batch;
import static io.regent.broker.log.LogFixture.config;
import static io.regent.broker.log.LogFixture.record;
import static io.regent.broker.log.LogFixture.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRetentionTest {
    @TempDir
    Path logDir;

    private LogFixture fixture;
    private PartitionLog log;

    @BeforeEach
    void threeSegments() {
        fixture = new LogFixture(logDir);
        log = fixture.open(config());
        append(log, batch(record(START_MS, "k", "1")));
        log.roll();
        append(log, batch(record(START_MS + 1000, "k", "2")));
        log.roll();
        append(log, batch(record(START_MS + 2000, "k", "3")));
        log.updateHighWatermark(3);
    }

    @Test
    void segmentsOlderThanTheRetentionTimeGo() {
        log.updateConfig(config("retention.ms", "5000"));
        fixture.time.sleep(6500);

        assertThat(log.deleteOldSegments()).isEqualTo(2);
        assertThat(log.logStartOffset()).isEqualTo(2);
        assertThat(values(log, 2)).containsExactly("3");
    }

    @Test
    void aLogThatIsOldAltogetherKeepsItsEndOffset() {
        log.updateConfig(config("retention.ms", "5000"));
        fixture.time.sleep(60_000);

        assertThat(log.deleteOldSegments()).isEqualTo(3);
        assertThat(log.logStartOffset()).isEqualTo(3);
        assertThat(append(log, "4").firstOffset()).isEqualTo(3);
    }

    @Test
    void theOldestSegmentsGoWhenTheLogIsTooLong() {
        long size = log.sizeInBytes();
        log.updateConfig(config("retention.bytes", Long.toString(size - 1), "retention.ms", "-1"));
        assertThat(log.deleteOldSegments()).isZero();

        log.updateConfig(config("retention.bytes", Long.toString(size / 3), "retention.ms", "-1"));
        assertThat(log.deleteOldSegments()).isEqualTo(2);
        assertThat(log.logStartOffset()).isEqualTo(2);
    }

    @Test
    void nothingAtOrAboveTheHighWatermarkGoes() {
        log.updateHighWatermark(1);
        log.updateConfig(config("retention.ms", "5000"));
        fixture.time.sleep(60_000);

        assertThat(log.deleteOldSegments()).isEqualTo(1);
        assertThat(log.logStartOffset()).isEqualTo(1);
    }

    @Test
    void deletedRecordsTakeTheirSegmentsWithThem() {
        log.updateConfig(config("cleanup.policy", "compact"));
        log.maybeIncrementLogStartOffset(2, LogStartOffsetIncrementReason.ClientRecordDeletion);

        assertThat(log.deleteOldSegments()).isEqualTo(2);
        assertThat(log.logStartOffset()).isEqualTo(2);
        assertThatThrownBy(
                        () -> log.maybeIncrementLogStartOffset(4, LogStartOffsetIncrementReason.ClientRecordDeletion))
                .isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void filesOfRetiredSegmentsStayUntilTheDelayIsOver() {
        log.updateConfig(config("retention.ms", "5000", "file.delete.delay.ms", "60000"));
        fixture.time.sleep(6500);
        log.deleteOldSegments();
        Path marked = LogFileUtils.logFile(fixture.dir, 0, ".deleted").toPath();

        fixture.scheduler.advance(59_000);
        assertThat(marked).exists();
        fixture.scheduler.advance(2_000);
        assertThat(marked).doesNotExist();
    }
}
