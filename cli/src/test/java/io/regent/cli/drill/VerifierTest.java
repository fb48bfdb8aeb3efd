package io.regent.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private static final long RUN = 42;

    private final ReadBack log = new ReadBack(RUN);

    private static PartitionWrites writes(int partition, int sent, int... acknowledged) {
        BitSet set = new BitSet();
        for (int sequence : acknowledged) {
            set.set(sequence);
        }
        return new PartitionWrites(partition, sent, set);
    }

    private void inLog(int partition, int... sequences) {
        for (int sequence : sequences) {
            log.found(partition, new DrillRecord(RUN, partition, sequence).encode());
        }
    }

    @Test
    void whatWasAcknowledgedAndIsThereIsFine() {
        inLog(0, 0, 1, 2);
        inLog(1, 0);
        Verdict verdict = Verifier.verify(List.of(writes(0, 3, 0, 1, 2), writes(1, 1, 0)), log);
        assertThat(verdict).isEqualTo(new Verdict(4, new Verdict.Unknown(0, 0), 0, 0, 0, List.of()));
        assertThat(verdict.nothingLost()).isTrue();
    }

    @Test
    void anAcknowledgedRecordThatIsNotThereIsLost() {
        inLog(3, 0);
        Verdict verdict = Verifier.verify(List.of(writes(3, 2, 0, 1)), log);
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.lostSamples()).containsExactly("record 1 of partition 3");
        assertThat(verdict.nothingLost()).isFalse();
    }

    @Test
    void aRecordWithoutAnAcknowledgementIsNeitherLostNorADuplicate() {
        inLog(0, 0, 2);
        Verdict verdict = Verifier.verify(List.of(writes(0, 3, 0)), log);
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.duplicated()).isZero();
        assertThat(verdict.unknown()).isEqualTo(new Verdict.Unknown(2, 1));
    }

    @Test
    void everyCopyBeyondTheFirstIsADuplicateAcknowledgedOrNot() {
        inLog(0, 0, 0, 0, 1, 1);
        Verdict verdict = Verifier.verify(List.of(writes(0, 2, 0)), log);
        assertThat(verdict.duplicated()).isEqualTo(3);
    }

    @Test
    void aRecordOfAnotherDrillOrPartitionIsForeign() {
        log.found(0, new DrillRecord(RUN + 1, 0, 0).encode());
        log.found(0, new DrillRecord(RUN, 1, 0).encode());
        log.found(0, new byte[] {1});
        log.found(0, null);
        inLog(0, 0);
        Verdict verdict = Verifier.verify(List.of(writes(0, 1, 0)), log);
        assertThat(verdict.foreign()).isEqualTo(4);
        assertThat(verdict.lost()).isZero();
    }

    @Test
    void samplesOfTheLostAreBounded() {
        BitSet all = new BitSet();
        all.set(0, 100_000);
        Verdict verdict = Verifier.verify(List.of(new PartitionWrites(0, 100_000, all)), log);
        assertThat(verdict.lost()).isEqualTo(100_000);
        assertThat(verdict.lostSamples()).hasSize(20);
    }
}
