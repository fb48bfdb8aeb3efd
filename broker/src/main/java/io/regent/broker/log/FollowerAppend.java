package io.regent.broker.log;

import java.util.function.LongConsumer;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.LogAppendInfo;

/**
 * Appends to a log what another log holds, be it a leader's or one in another directory. Stateless; called by the one
 * thread that follows for the log.
 */
public final class FollowerAppend {
    private FollowerAppend() {}

    /**
     * Appends records as they are stamped.
     *
     * @param restartAt empties the log, so that it begins at the offset given
     * @throws UnexpectedAppendOffsetException when they begin below the end of a log that is not empty
     */
    public static LogAppendInfo append(PartitionLog log, MemoryRecords records, LongConsumer restartAt) {
        try {
            return log.appendAsFollower(records);
        } catch (UnexpectedAppendOffsetException e) {
            long end = log.logEndOffset();
            // The other log may start within a batch (DeleteRecords). An empty replica then begins at that batch.
            if (end != log.logStartOffset() || e.firstOffset() >= end || e.lastOffset() < end) {
                throw e;
            }
            restartAt.accept(e.firstOffset());
            return log.appendAsFollower(records);
        }
    }
}
