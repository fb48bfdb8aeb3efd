package io.regent.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionLedgerTest {
    private static final long MS = 1_000_000;

    private final PartitionLedger ledger = new PartitionLedger(0);

    private int acknowledge(long sentMs, long ackedMs) {
        int sequence = ledger.nextSequence();
        ledger.acknowledged(sequence, sentMs * MS, ackedMs * MS);
        return sequence;
    }

    @Test
    void theLongestGapIsBetweenAcknowledgements() {
        acknowledge(0, 1);
        acknowledge(10, 11);
        acknowledge(20, 261);
        acknowledge(30, 262);
        assertThat(ledger.longestGapNanos()).isEqualTo(250 * MS);
    }

    @Test
    void oneAcknowledgementIsNoGap() {
        acknowledge(0, 500);
        assertThat(ledger.longestGapNanos()).isZero();
    }

    @Test
    void silenceUpToTheEndIsAGap() {
        acknowledge(0, 1);
        ledger.noteSilenceUntil(1_001 * MS);
        assertThat(ledger.longestGapNanos()).isEqualTo(1_000 * MS);
    }

    @Test
    void aPartitionIsWritableWithTheFirstRecordSentAfterTheKill() {
        acknowledge(0, 1);
        ledger.killed(100 * MS);
        assertThat(ledger.writableAgainNanos()).isZero();
        acknowledge(99, 105);
        assertThat(ledger.writableAgainNanos()).isZero();
        acknowledge(110, 400);
        acknowledge(120, 401);
        assertThat(ledger.writableAgainNanos()).isEqualTo(400 * MS);
    }

    @Test
    void whatTheDyingBrokerStillTookIsNoProofThatAPartitionIsWritableAgain() {
        acknowledge(0, 1);
        ledger.killed(100 * MS);
        acknowledge(101, 105);
        ledger.died(120 * MS);
        assertThat(ledger.writableAgainNanos()).isZero();
        acknowledge(121, 320);
        assertThat(ledger.writableAgainNanos()).isEqualTo(320 * MS);
        assertThat(ledger.roundLongestGapNanos()).isEqualTo(215 * MS);
    }

    @Test
    void eachRoundHasItsOwnLongestGap() {
        acknowledge(0, 1);
        acknowledge(10, 901);
        ledger.killed(1_000 * MS);
        acknowledge(1_010, 1_101);
        assertThat(ledger.roundLongestGapNanos()).isEqualTo(200 * MS);
        assertThat(ledger.longestGapNanos()).isEqualTo(900 * MS);
    }

    @Test
    void aClockThatStartsBelowZeroIsNoTrouble() {
        long start = Long.MIN_VALUE / 2;
        ledger.acknowledged(ledger.nextSequence(), start, start + MS);
        ledger.killed(start + 2 * MS);
        ledger.acknowledged(ledger.nextSequence(), start + 3 * MS, start + 5 * MS);
        assertThat(ledger.longestGapNanos()).isEqualTo(4 * MS);
        assertThat(ledger.writableAgainNanos()).isEqualTo(start + 5 * MS);
    }

    @Test
    void theBooksTellSentFromAcknowledged() {
        int first = ledger.nextSequence();
        int second = ledger.nextSequence();
        ledger.acknowledged(second, 0, MS);
        assertThat(ledger.writes().sent()).isEqualTo(2);
        assertThat(ledger.writes().acknowledged().get(first)).isFalse();
        assertThat(ledger.writes().acknowledged().get(second)).isTrue();
    }

    @Test
    void recentTenthsOfASecondTellWhetherSomethingWasWritten() {
        acknowledge(0, 50);
        acknowledge(0, 350);
        List<PartitionLedger.Tenth> recent = ledger.recentTenths(499 * MS);
        assertThat(recent.subList(recent.size() - 6, recent.size()))
                .containsExactly(
                        PartitionLedger.Tenth.BEFORE_THE_FIRST,
                        PartitionLedger.Tenth.WRITTEN,
                        PartitionLedger.Tenth.SILENT,
                        PartitionLedger.Tenth.SILENT,
                        PartitionLedger.Tenth.WRITTEN,
                        PartitionLedger.Tenth.SILENT);
        assertThat(ledger.recentTenths(60_000 * MS)).containsOnly(PartitionLedger.Tenth.SILENT);
    }
}
