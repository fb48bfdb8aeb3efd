package io.regent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;

/** What holds after every step, whatever happened. */
final class Invariants {

    private Invariants() {}

    static void check(ClusterImage before, Decision decision, boolean uncleanAllowed) {
        ClusterImage after = decision.image();
        PartitionSet.ofAll(after).forEach(partition -> {
            PartitionState is = after.state(partition);
            if (is.exists()) {
                checkState(partition, is, after.assignment(partition).replicas());
                PartitionState was = stateBefore(before, after, partition);
                checkChange(partition, was, is);
                if (!wasAltered(decision, partition)) {
                    checkElection(partition, was, is, uncleanAllowed);
                }
            }
        });
        decision.delta().partitions().forEach(partition -> {
            PartitionState is = after.state(partition);
            boolean decided = is.exists() && !after.isBeingDeleted(partition.topic());
            if (decided && is.hasLeader() && !is.equals(before.state(partition))) {
                assertThat(after.isLive(is.leader()))
                        .as("the leader of %s lives: %s", partition, is)
                        .isTrue();
            }
        });
    }

    /** A topic of another id has nothing of the one that had its name. */
    private static PartitionState stateBefore(ClusterImage before, ClusterImage after, PartitionId partition) {
        TopicId idBefore = before.topic(partition.topic()).map(TopicImage::id).orElse(TopicId.NONE);
        TopicId idAfter = after.topic(partition.topic()).map(TopicImage::id).orElse(TopicId.NONE);
        boolean isAnother = idBefore.isPresent() && !idBefore.equals(idAfter);
        return isAnother ? PartitionState.NONE : before.state(partition);
    }

    /** The leader itself said in this step who is in sync, so whoever it let in may lead cleanly. */
    private static boolean wasAltered(Decision decision, PartitionId partition) {
        return decision.changes().contains(new Decision.Change(partition, Reason.ISR_CHANGED));
    }

    private static void checkState(PartitionId partition, PartitionState is, Replicas replicas) {
        assertThat(is.isr().isEmpty()).as("%s has an ISR", partition).isFalse();
        assertThat(replicas.containsAll(is.isr()))
                .as("the ISR of %s is among its replicas %s: %s", partition, replicas, is)
                .isTrue();
        assertThat(!is.hasLeader() || is.isr().contains(is.leader()))
                .as("the leader of %s is in its ISR: %s", partition, is)
                .isTrue();
    }

    private static void checkChange(PartitionId partition, PartitionState was, PartitionState is) {
        if (!was.exists() || was.equals(is)) {
            return;
        }
        assertThat(is.version()).as("%s is written once", partition).isEqualTo(was.version() + 1);
        assertThat(is.leaderEpoch())
                .as("the leader epoch of %s only rises", partition)
                .isBetween(was.leaderEpoch(), was.leaderEpoch() + 1);
        if (is.leader() != was.leader()) {
            assertThat(is.leaderEpoch()).as("%s has another leader", partition).isGreaterThan(was.leaderEpoch());
        }
    }

    private static void checkElection(
            PartitionId partition, PartitionState was, PartitionState is, boolean uncleanAllowed) {
        boolean unclean = was.exists() && is.hasLeader() && !was.isr().contains(is.leader());
        if (unclean) {
            assertThat(uncleanAllowed)
                    .as("%s was elected uncleanly: %s to %s", partition, was, is)
                    .isTrue();
            assertThat(is.recovery()).isEqualTo(LeaderRecovery.RECOVERING);
        }
    }
}
