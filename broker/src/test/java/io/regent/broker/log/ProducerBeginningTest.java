package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.config;
import static io.regent.broker.log.LogFixture.idempotent;
import static io.regent.broker.log.LogFixture.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With which sequence number a producer that the log does not know may begin. */
class ProducerBeginningTest {
    private static final int FIRST_EPOCH = 0;

    @TempDir
    Path logDir;

    private LogFixture fixture;
    private PartitionLog log;

    @BeforeEach
    void openLog() {
        fixture = new LogFixture(logDir);
        log = fixture.open(config());
    }

    @Test
    void aLaterBatchIsNotTakenBeforeTheFirst() { // KAFKA-14359
        assertThatThrownBy(() -> appendInFirstLeadership(batch(5)))
                .isInstanceOf(UnknownProducerIdException.class)
                .hasMessageContaining("sequence 5");

        appendInFirstLeadership(batch(0));
        appendInFirstLeadership(batch(1));
        assertThat(log.logEndOffset()).isEqualTo(2);
    }

    @Test
    void aProducerWhoseRecordsALeaderMayHaveLostGoesOnWithItsSequence() {
        append(log, batch(5));

        assertThat(log.logEndOffset()).isEqualTo(1);
    }

    @Test
    void aProducerThatWasForgottenGoesOnWithItsSequence() {
        appendInFirstLeadership(batch(0));
        log.producers().removeExpired(LogFixture.START_MS + Duration.ofDays(30).toMillis());

        appendInFirstLeadership(batch(1));

        assertThat(log.logEndOffset()).isEqualTo(2);
    }

    private void appendInFirstLeadership(MemoryRecords records) {
        log.appendAsLeader(records, FIRST_EPOCH, AppendOrigin.CLIENT);
    }

    private static MemoryRecords batch(int sequence) {
        return idempotent(7, 0, sequence, record("a", "value"));
    }
}
