package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.epoch.LeaderEpochFileCache;

/**
 * A log's leader epochs and where each began, kept in memory and written behind. Any thread may call it. It never makes
 * its caller wait for the disk, but in {@link #settle}.
 */
final class LogEpochs extends LeaderEpochFileCache {
    private final EpochCheckpoint checkpoint;

    private LogEpochs(TopicPartition topicPartition, EpochCheckpoint checkpoint, LogEnvironment environment) {
        super(topicPartition, checkpoint, environment.scheduler());
        this.checkpoint = checkpoint;
    }

    /** The epochs that the log's directory tells of. */
    static LogEpochs open(File dir, LogEnvironment environment) throws IOException {
        return new LogEpochs(LogDirNames.parse(dir), new EpochCheckpoint(dir, environment), environment);
    }

    /** Returns when all that is known is on disk; the recovery point must not pass what is not. */
    void settle() {
        checkpoint.settle();
    }

    /** Renames the log's directory, and has all that is known written to the new one. */
    void move(LogEnvironment.DiskTask rename, File newDir) throws IOException {
        checkpoint.move(rename, newDir);
        checkpoint.write(epochEntries());
    }

    /** Knows from now on what another log knows. */
    void become(LogEpochs other) {
        clear();
        checkpoint.write(other.epochEntries());
        assign(other.epochEntries());
    }

    /** Writes nothing any more: see {@link EpochCheckpoint#abandon}. */
    void abandon() {
        checkpoint.abandon();
    }
}
