package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;

/**
 * The limits on replication traffic, of this broker as leader, as follower, and between its log directories. Any thread may call it.
 *
 * <p>Only followers that lag are held back: one that is in the ISR must not fall out of it.
 */
final class ReplicationThrottles {
    private final ReplicationThrottle leader;
    private final ReplicationThrottle follower;
    private final ReplicationThrottle logDirs;

    ReplicationThrottles(ReplicaSettings settings, Metrics metrics, Time time) {
        int brokerId = settings.brokerId();
        ReplicationThrottle.Window window = settings.throttleWindow();
        this.leader = new ReplicationThrottle("LeaderReplication", brokerId, window, metrics, time);
        this.follower = new ReplicationThrottle("FollowerReplication", brokerId, window, metrics, time);
        this.logDirs = new ReplicationThrottle(
                "AlterLogDirsReplication", brokerId, settings.moves().throttleWindow(), metrics, time);
    }

    /** Sets the limits in bytes a second; {@link Long#MAX_VALUE} for none. */
    void limitTo(long leaderBytesPerSecond, long followerBytesPerSecond) {
        leader.limitTo(leaderBytesPerSecond);
        follower.limitTo(followerBytesPerSecond);
    }

    /** Sets the limit of copying between log directories, likewise. */
    void limitCopyingTo(long bytesPerSecond) {
        logDirs.limitTo(bytesPerSecond);
    }

    /** Whether nothing more must be copied between the log directories of this broker now (KIP-113). */
    boolean holdsBackCopying() {
        return logDirs.isExceeded();
    }

    /** Counts what was copied between log directories. */
    void copied(int bytes) {
        if (bytes > 0) {
            logDirs.record(bytes);
        }
    }

    /** Whether a follower's fetch of this partition must be answered without records now. */
    boolean holdsBackServing(Partition partition, int followerId) {
        return isThrottledAsLeader(partition) && !partition.isr().contains(followerId) && leader.isExceeded();
    }

    /** Counts what was served to a follower. */
    void served(Partition partition, int bytes) {
        if (bytes > 0 && isThrottledAsLeader(partition)) {
            leader.record(bytes);
        }
    }

    private boolean isThrottledAsLeader(Partition partition) {
        return partition
                .log()
                .map(log -> leader.covers(log.config().leaderReplicationThrottledReplicas, log.topicPartition()))
                .orElse(false);
    }

    /** Whether this broker must not fetch a partition now in which it lags. */
    boolean holdsBackFetching(PartitionLog log) {
        return isThrottledAsFollower(log) && follower.isExceeded();
    }

    /** Counts what was fetched. */
    void fetched(PartitionLog log, int bytes) {
        if (bytes > 0 && isThrottledAsFollower(log)) {
            follower.record(bytes);
        }
    }

    private boolean isThrottledAsFollower(PartitionLog log) {
        return follower.covers(log.config().followerReplicationThrottledReplicas, log.topicPartition());
    }
}
