package io.regent.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Channel METADATA = Channel.UPDATE_METADATA;

    private final Ledger ledger = new Ledger(10);

    @Test
    void aGoalIsReachedWhenTheLastOfItsPartitionsIsTold() {
        Goal goal = ledger.await(METADATA, partitions(2, 5), 0, null);
        tell(1, 2, 7, 100);
        tell(1, 3, 7, 200);
        assertThat(goal.reached()).isNotDone();
        assertThat(goal.progress()).isEqualTo("1 of 2");
        tell(1, 5, 7, 300);
        tell(1, 5, 7, 400);
        assertThat(goal.reached()).isCompletedWithValue(300L);
    }

    @Test
    void theSamePartitionToldTwiceCountsOnce() {
        Goal goal = ledger.await(METADATA, partitions(2, 5), 0, null);
        tell(1, 2, 7, 100);
        tell(1, 2, 8, 200);
        assertThat(goal.reached()).isNotDone();
    }

    @Test
    void whatTheFormerReignTellsDoesNotCount() {
        Goal goal = ledger.await(METADATA, partitions(2), 6, null);
        tell(5, 2, 7, 100);
        assertThat(goal.reached()).isNotDone();
        tell(6, 2, 7, 200);
        assertThat(goal.reached()).isCompletedWithValue(200L);
    }

    @Test
    void aFormerLeaderDoesNotCount() {
        int[] minLeaderEpochs = new int[10];
        minLeaderEpochs[2] = 8;
        Goal goal = ledger.await(METADATA, partitions(2), 0, minLeaderEpochs);
        tell(1, 2, 7, 100);
        assertThat(goal.reached()).isNotDone();
        tell(1, 2, 8, 200);
        assertThat(goal.reached()).isCompletedWithValue(200L);
    }

    @Test
    void theOtherKindOfRequestDoesNotCount() {
        Goal goal = ledger.await(Channel.LEADER_AND_ISR, partitions(2), 0, null);
        tell(1, 2, 7, 100);
        assertThat(goal.reached()).isNotDone();
    }

    @Test
    void nothingToTellIsToldAlready() {
        assertThat(ledger.await(METADATA, partitions(), 0, null).reached()).isDone();
    }

    @Test
    void whoRulesIsToldByAnyUpdateMetadataOfTheNewReign() {
        CompletableFuture<Long> ruler = ledger.awaitRuler(6);
        assertThat(ledger.begin(METADATA, 5, 100)).isTrue();
        assertThat(ledger.begin(Channel.LEADER_AND_ISR, 6, 200)).isTrue();
        assertThat(ruler).isNotDone();
        assertThat(ledger.begin(METADATA, 6, 300)).isTrue();
        assertThat(ruler).isCompletedWithValue(300L);
    }

    @Test
    void aDeposedControllerIsRefused() {
        assertThat(ledger.begin(METADATA, 6, 100)).isTrue();
        assertThat(ledger.begin(METADATA, 5, 200)).isFalse();
        assertThat(ledger.controllerEpoch()).isEqualTo(6);
    }

    @Test
    void theLastThingToldIsRemembered() {
        assertThat(ledger.leader(METADATA, 2)).isEqualTo(Ledger.NEVER_TOLD);
        tell(1, 2, 7, 100);
        tell(1, 2, 8, 200);
        assertThat(ledger.leader(METADATA, 2)).isEqualTo(4);
        assertThat(ledger.leaderEpoch(METADATA, 2)).isEqualTo(8);
        assertThat(ledger.leader(Channel.LEADER_AND_ISR, 2)).isEqualTo(Ledger.NEVER_TOLD);
    }

    private void tell(int controllerEpoch, int partition, int leaderEpoch, long atNanos) {
        ledger.receiver(METADATA, controllerEpoch, atNanos).state(partition, 4, leaderEpoch);
    }

    private static BitSet partitions(int... numbers) {
        BitSet partitions = new BitSet();
        for (int number : numbers) {
            partitions.set(number);
        }
        return partitions;
    }
}
