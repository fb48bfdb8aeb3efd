package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.config;
import static io.regent.broker.log.LogFixture.idempotent;
import static io.regent.broker.log.LogFixture.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a batch that comes again when five later ones of its producer are in the log. */
class EarlierBatchesTest {
    private static final long PRODUCER = 7;
    private static final long OTHER_PRODUCER = 8;

    @TempDir
    Path logDir;

    private PartitionLog log;

    @BeforeEach
    void openLog() {
        log = new LogFixture(logDir).open(config());
    }

    @Test
    void itIsFoundInTheLogAndNotAppendedAgain() {
        append(log, batch(OTHER_PRODUCER, 0));
        for (int sequence = 0; sequence < 8; sequence++) {
            append(log, batch(PRODUCER, sequence));
        }

        LogAppendInfo again = log.appendAsLeader(batch(PRODUCER, 1), 3, AppendOrigin.CLIENT);

        assertThat(again.firstOffset()).isEqualTo(2);
        assertThat(again.lastOffset()).isEqualTo(2);
        assertThat(log.logEndOffset()).isEqualTo(9);
    }

    @Test
    void oneThatNeverCameIsRefused() {
        for (int sequence = 5; sequence < 13; sequence++) {
            append(log, batch(PRODUCER, sequence));
        }
        append(log, batch(OTHER_PRODUCER, 3));

        assertThatThrownBy(() -> append(log, batch(PRODUCER, 3))).isInstanceOf(OutOfOrderSequenceException.class);
        assertThat(log.logEndOffset()).isEqualTo(9);
    }

    @Test
    void oneThatHoldsMoreThanTheEarlierOneIsRefused() {
        for (int sequence = 0; sequence < 8; sequence++) {
            append(log, batch(PRODUCER, sequence));
        }

        assertThatThrownBy(() -> append(log, idempotent(PRODUCER, 0, 1, record("a", "value"), record("b", "value"))))
                .isInstanceOf(OutOfOrderSequenceException.class);
    }

    private static MemoryRecords batch(long producerId, int sequence) {
        return idempotent(producerId, 0, sequence, record("a", "value"));
    }
}
