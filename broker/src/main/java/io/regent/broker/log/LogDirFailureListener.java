package io.regent.broker.log;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Hears of log directories that went offline, on a thread of the log manager's; it must not block for long. */
@FunctionalInterface
public interface LogDirFailureListener {
    /**
     * A directory failed; its logs are gone from the manager already.
     *
     * @param logDir its absolute path
     * @param lost the partitions that were in it
     */
    void logDirFailed(String logDir, Set<TopicPartition> lost);
}
