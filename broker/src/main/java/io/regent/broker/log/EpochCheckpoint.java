package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.log.EpochEntry;

/**
 * The file of a log's leader epochs, written in the background: a broker that becomes leader of a thousand partitions would
 * else wait for a thousand disk flushes before it serves the first.
 *
 * <p>Nothing is lost by it. What a crash leaves out are epochs of records above the recovery point, which recovery reads
 * from the records again, and epochs without a record, which no follower can have a record of. So that this holds, the
 * recovery point moves only after {@link #settle}. Any thread may call it; it never writes an older list over a newer one.
 */
final class EpochCheckpoint extends LeaderEpochCheckpointFile {
    /** A broker that becomes leader of many has better things to do just then, and may soon know of more epochs. */
    static final long DELAY_MS = 1_000;

    private final LogEnvironment environment;
    private final String taskName;
    private final Object writing = new Object();

    // Guarded by writing: the file moves with its directory.
    private LeaderEpochCheckpointFile target;

    private List<EpochEntry> pending;
    private boolean scheduled;
    private boolean abandoned;

    EpochCheckpoint(File dir, LogEnvironment environment) throws IOException {
        super(newFile(dir), environment.failures());
        this.environment = environment;
        this.taskName = "leader-epochs-" + dir.getName();
        this.target = new LeaderEpochCheckpointFile(newFile(dir), environment.failures());
    }

    /** Has this list written soon, instead of any that still waits. */
    @Override
    public void write(Collection<EpochEntry> epochs) {
        synchronized (this) {
            if (abandoned) {
                return;
            }
            pending = List.copyOf(epochs);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        environment.later(taskName, this::settle, DELAY_MS);
    }

    @Override
    public void writeIfDirExists(Collection<EpochEntry> epochs) {
        write(epochs);
    }

    /**
     * Writes what waits, and returns when it is on disk.
     *
     * @throws org.apache.kafka.common.errors.KafkaStorageException when the disk fails
     */
    void settle() {
        synchronized (writing) {
            List<EpochEntry> newest;
            synchronized (this) {
                newest = pending;
                pending = null;
                scheduled = false;
            }
            if (newest != null) {
                target.writeIfDirExists(newest);
            }
        }
    }

    /** Renames the directory while nothing is written, and goes on in the new one, also after {@link #abandon}. */
    void move(LogEnvironment.DiskTask rename, File newDir) throws IOException {
        synchronized (writing) {
            rename.run();
            target = new LeaderEpochCheckpointFile(newFile(newDir), environment.failures());
            synchronized (this) {
                abandoned = false;
            }
        }
    }

    /** Writes nothing from now on: the directory is to be deleted, and another log may take its name. */
    void abandon() {
        synchronized (writing) {
            synchronized (this) {
                abandoned = true;
                pending = null;
            }
        }
    }
}
