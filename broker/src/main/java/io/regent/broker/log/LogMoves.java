package io.regent.broker.log;

import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.ReplicaNotAvailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves logs between the directories of this broker (KIP-113): begins a copy, gives it up, and puts it in its log's place.
 * Any thread may call it. It copies nothing by itself: whoever has a log moved calls {@link FutureLog#copy} until the copy
 * has caught up.
 *
 * <p>A copy outlives a restart, and is found again by {@link #find}.
 */
public final class LogMoves {
    private static final Logger LOG = LoggerFactory.getLogger(LogMoves.class);

    private final LogManager manager;
    private final Object lock;
    private final LogDirectories directories;
    private final LogHousekeeping housekeeping;
    private final FutureLogs futures;
    private final LogPlacement placement;

    /** @param lock the manager's, under which logs come and go */
    LogMoves(
            LogManager manager,
            Object lock,
            LogDirectories directories,
            LogHousekeeping housekeeping,
            FutureLogs futures,
            LogPlacement placement) {
        this.manager = manager;
        this.lock = lock;
        this.directories = directories;
        this.housekeeping = housekeeping;
        this.futures = futures;
        this.placement = placement;
    }

    /**
     * Has a log that is created later lie in this directory.
     *
     * @throws LogDirNotFoundException when the directory is none of log.dirs
     * @throws KafkaStorageException when it is offline
     */
    public void prefer(TopicPartition topicPartition, String logDir) {
        requireLive(logDir);
        placement.prefer(topicPartition, logDir);
    }

    /**
     * Has a log move to another directory, or stay where it is: a copy on its way elsewhere is given up.
     *
     * @return the copy to be filled; empty when the log lies there already
     * @throws LogDirNotFoundException when the directory is none of log.dirs
     * @throws KafkaStorageException when it is offline, or another one is, which may hold a copy already
     * @throws ReplicaNotAvailableException when there is no such log
     * @throws org.apache.kafka.common.errors.InvalidTopicException when the topic's name is too long for a copy's
     */
    public Optional<FutureLog> begin(TopicPartition topicPartition, String logDir) {
        synchronized (lock) {
            LogDirectory destination = requireLive(logDir);
            PartitionLog current = manager.getLog(topicPartition)
                    .orElseThrow(() -> new ReplicaNotAvailableException("This broker has no log of " + topicPartition));
            Optional<FutureLog> known = futures.find(topicPartition);
            if (known.isPresent() && known.get().log().logDir().equals(logDir)) {
                return known;
            }
            drop(topicPartition);
            if (current.logDir().equals(logDir)) {
                return Optional.empty();
            }
            if (directories.live().size() < manager.settings().logDirs().size()) {
                throw new KafkaStorageException(
                        "A copy of " + topicPartition + " may lie in a log directory that is offline");
            }
            return Optional.of(futures.create(current, destination, current.config()));
        }
    }

    private LogDirectory requireLive(String logDir) {
        var known = manager.settings().logDirs();
        if (known.stream().noneMatch(dir -> dir.getAbsolutePath().equals(logDir))) {
            throw new LogDirNotFoundException("No entry of log.dirs is " + logDir + "; they are " + known);
        }
        return directories
                .find(logDir)
                .orElseThrow(() -> new KafkaStorageException("Log directory " + logDir + " is offline"));
    }

    /** The copy of a partition's log that is under way. One of a topic that had the name before is given up. */
    public Optional<FutureLog> find(TopicPartition topicPartition) {
        Optional<FutureLog> copy = futures.find(topicPartition);
        Optional<Uuid> copiedId = copy.flatMap(found -> found.log().topicId());
        Optional<Uuid> wantedId = copiedId.flatMap(id -> manager.getLog(topicPartition))
                .flatMap(PartitionLog::topicId)
                .filter(id -> !id.equals(copiedId.get()));
        if (wantedId.isEmpty()) {
            return copy;
        }
        LOG.warn("The copy of {} is of topic id {}, not {}", topicPartition, copiedId.get(), wantedId.get());
        drop(topicPartition);
        return Optional.empty();
    }

    /** All copies under way. */
    public Collection<PartitionLog> copies() {
        return futures.logs();
    }

    /** Gives a copy up, if there is one. */
    void drop(TopicPartition topicPartition) {
        synchronized (lock) {
            futures.remove(topicPartition).ifPresent(copy -> {
                LOG.info("Giving up the copy of {} in {}", topicPartition, copy.logDir());
                try {
                    housekeeping.retireCopy(copy);
                    housekeeping.checkpointLater(copy.logDir());
                } catch (KafkaStorageException e) {
                    LOG.error("{} could not be renamed; what the disk still holds is of no use", copy, e);
                }
            });
        }
    }

    /**
     * Copies the rest and puts the copy in its log's place. The caller keeps all others from changing the log meanwhile.
     *
     * @param maxBytes of records to be copied still
     * @return what is the partition's log now; empty when there was more to copy, or the copy was given up
     * @throws KafkaStorageException when a disk fails
     */
    public Optional<PartitionLog> finish(FutureLog copy, int maxBytes) {
        TopicPartition topicPartition = copy.topicPartition();
        Optional<PartitionLog> former = manager.getLog(topicPartition);
        if (former.isEmpty() || copy.copy(former.get(), maxBytes).step() != FutureLog.Step.CAUGHT_UP) {
            return Optional.empty();
        }
        synchronized (lock) {
            if (!manager.getLog(topicPartition).equals(former)
                    || !futures.find(topicPartition).equals(Optional.of(copy))) {
                return Optional.empty();
            }
            copy.inherit(former.get());
            housekeeping.replace(former.get(), copy.log());
            futures.remove(topicPartition);
            manager.replace(former.get(), copy.log());
        }
        // If the log ever comes back there, it must find no offsets of today.
        housekeeping.checkpointLater(former.get().logDir());
        LOG.info(
                "Moved {} from {} to {}",
                topicPartition,
                former.get().logDir(),
                copy.log().logDir());
        return Optional.of(copy.log());
    }
}
