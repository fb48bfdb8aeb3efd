package io.regent.broker.replica;

import io.regent.broker.log.FutureLog;
import io.regent.broker.log.LogMoves;
import io.regent.broker.log.PartitionLog;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves replicas between the log directories of this broker (KIP-113): copies each partition's log, a chunk at a time and
 * all partitions in turn, on num.replica.alter.log.dirs.threads threads, until the copy has caught up and takes its place.
 *
 * <p>Any thread may call it; nothing waits for a copy. It never holds up a partition's appends for more than one chunk.
 */
final class LogDirMover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirMover.class);

    /** While copies are throttled, or nothing can be copied before the next append. */
    private static final long PAUSE_MS = 50;

    /** After an error that is not the disk's: the next attempt may find what stood in the way gone. */
    private static final long RETRY_MS = 1_000;

    /** Errors in a row, after which a copy rests until it is asked for again or the broker restarts. */
    private static final int MAX_FAILURES = 10;

    private static final long CLOSE_PATIENCE_MS = 10_000;

    private final PartitionContext context;
    private final PartitionRegistry partitions;
    private final LogMoves moves;
    private final ScheduledThreadPoolExecutor threads;
    private final Map<TopicPartition, FutureLog> running = new ConcurrentHashMap<>();

    LogDirMover(PartitionContext context, PartitionRegistry partitions) {
        this.context = context;
        this.partitions = partitions;
        this.moves = context.logs().moves();
        this.threads = new ScheduledThreadPoolExecutor(
                context.settings().moves().threads(),
                Thread.ofPlatform()
                        .daemon()
                        .name("ReplicaAlterLogDirsThread-", 0)
                        .factory());
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Has a partition's log move to the directory, or be created there once it comes. @return its error */
    Errors order(TopicPartition topicPartition, String logDir) {
        try {
            Optional<Partition> here = partitions.find(topicPartition);
            if (here.isEmpty() || here.get().log().isEmpty()) {
                moves.prefer(topicPartition, logDir);
            }
            Partition partition = partitions.require(topicPartition);
            // Under its lock, so that a deletion finds the copy, or this finds the log deleted.
            Optional<FutureLog> copy = partition.underRead(() -> {
                if (partition.log().isEmpty()) {
                    throw partition.notLeader();
                }
                return moves.begin(topicPartition, logDir);
            });
            copy.ifPresent(this::start);
            return Errors.NONE;
        } catch (NotLeaderOrFollowerException e) {
            LOG.info("{} will be created in {} when it comes to this broker", topicPartition, logDir);
            return Errors.REPLICA_NOT_AVAILABLE;
        } catch (ApiException e) {
            LOG.warn("{} cannot be moved to {}: {}", topicPartition, logDir, e.getMessage());
            return Errors.forException(e);
        }
    }

    /** Goes on with a copy that was found at start, now that the partition has its log. */
    void resume(TopicPartition topicPartition) {
        moves.find(topicPartition).ifPresent(this::start);
    }

    private void start(FutureLog copy) {
        if (running.put(copy.topicPartition(), copy) != copy) {
            later(copy, 0, 0);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A step handles its own errors.
    private void later(FutureLog copy, long pauseMs, int failures) {
        if (!threads.isShutdown()) {
            threads.schedule(() -> step(copy, failures), pauseMs, TimeUnit.MILLISECONDS);
        }
    }

    private void step(FutureLog copy, int failures) {
        try {
            if (!isWanted(copy)) {
                end(copy);
            } else if (context.throttles().holdsBackCopying()) {
                later(copy, PAUSE_MS, 0);
            } else {
                advance(copy);
            }
        } catch (KafkaStorageException e) {
            LOG.error(
                    "The move of {} to {} ends",
                    copy.topicPartition(),
                    copy.log().logDir(),
                    e);
            end(copy);
        } catch (RuntimeException e) {
            failed(copy, failures + 1, e);
        }
    }

    private boolean isWanted(FutureLog copy) {
        return moves.find(copy.topicPartition()).equals(Optional.of(copy));
    }

    private void end(FutureLog copy) {
        running.remove(copy.topicPartition(), copy);
    }

    private void failed(FutureLog copy, int failures, RuntimeException e) {
        LOG.error(
                "Copying {} to {} failed, for the {}. time in a row",
                copy.topicPartition(),
                copy.log().logDir(),
                failures,
                e);
        if (failures < MAX_FAILURES) {
            later(copy, RETRY_MS, failures);
        } else {
            end(copy);
        }
    }

    private void advance(FutureLog copy) {
        Optional<Partition> partition = partitions.find(copy.topicPartition());
        Optional<PartitionLog> current = partition.flatMap(Partition::log);
        if (current.isEmpty()) {
            // It is resumed when the partition has its log again.
            end(copy);
            return;
        }
        FutureLog.Copied copied = copy.copy(current.get(), chunkBytes());
        context.throttles().copied(copied.bytes());
        switch (copied.step()) {
            case ADVANCED -> later(copy, 0, 0);
            case STUCK -> later(copy, PAUSE_MS, 0);
            case CAUGHT_UP -> finish(partition.get(), copy);
        }
    }

    private void finish(Partition partition, FutureLog copy) {
        // Most of it goes to disk before anybody is held up.
        copy.log().flush();
        if (partition.replaceLog(() -> moves.finish(copy, chunkBytes()))) {
            end(copy);
        } else {
            later(copy, 0, 0);
        }
    }

    private int chunkBytes() {
        return context.settings().fetchers().maxBytes();
    }

    /** Ends the steps under way. Threads are not interrupted: that would close the files that they read. */
    @Override
    public void close() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(CLOSE_PATIENCE_MS, TimeUnit.MILLISECONDS)) {
            LOG.warn("Copies between log directories did not end within {} ms", CLOSE_PATIENCE_MS);
        }
    }
}
