package io.regent.broker.replica;

import io.regent.broker.log.FollowerAppend;
import io.regent.broker.log.LogManager;
import io.regent.broker.log.PartitionLog;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;

/**
 * Changes one partition's log as a follower does in one leader epoch. Any thread may use it. Each of its methods throws
 * {@link FencedLeaderEpochException} when the replica has left that epoch, and has done nothing then.
 */
final class FollowerLog {
    private final Partition partition;
    private final LogManager logs;
    private final int leaderEpoch;

    FollowerLog(Partition partition, LogManager logs, int leaderEpoch) {
        this.partition = partition;
        this.logs = logs;
        this.leaderEpoch = leaderEpoch;
    }

    /** What came of an append, and whether the high watermark here changed. */
    record Replicated(LogAppendInfo info, boolean highWatermarkChanged) {}

    /** Appends what the leader sent, and takes over its high watermark and log start. */
    Replicated replicate(MemoryRecords records, long leaderHighWatermark, long leaderLogStart) {
        return whileFollowing(log -> {
            LogAppendInfo info = FollowerAppend.append(log, records, this::restartAt);
            OptionalLong changed = log.maybeUpdateHighWatermark(leaderHighWatermark);
            log.maybeIncrementLogStartOffset(leaderLogStart, LogStartOffsetIncrementReason.LeaderOffsetIncremented);
            return new Replicated(info, changed.isPresent());
        });
    }

    /** Cuts the log so that it ends at {@code offset}. */
    void truncateTo(long offset) {
        whileFollowing(log -> {
            logs.truncateTo(Map.of(topicPartition(), offset));
            return log;
        });
    }

    /** Empties the log to begin at {@code offset}. */
    void truncateFullyAndStartAt(long offset) {
        whileFollowing(log -> {
            restartAt(offset);
            return log;
        });
    }

    private void restartAt(long offset) {
        logs.truncateFullyAndStartAt(topicPartition(), offset, OptionalLong.empty());
    }

    private TopicPartition topicPartition() {
        return partition.topicPartition();
    }

    private <T> T whileFollowing(Function<PartitionLog, T> work) {
        return partition.underRead(() -> {
            if (partition.isLeader()
                    || partition.leaderEpoch() != leaderEpoch
                    || partition.log().isEmpty()) {
                throw new FencedLeaderEpochException(topicPartition() + " no longer follows in leader epoch "
                        + leaderEpoch + ", but in " + partition.leaderEpoch());
            }
            return work.apply(partition.log().get());
        });
    }
}
