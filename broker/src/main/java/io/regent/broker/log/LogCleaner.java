package io.regent.broker.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the logs whose cleanup.policy asks for it, the dirtiest first, on log.cleaner.threads threads. Any thread
 * may call it. It holds no memory worth naming between passes, and never compacts a log that somebody has paused.
 */
final class LogCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(LogCleaner.class);

    /** How often the rate of log.cleaner.io.max.bytes.per.second is checked. */
    private static final long THROTTLE_CHECK_MS = 300L;

    /** A stop waits this long for passes to notice; they look after each chunk. */
    private static final long STOP_TIMEOUT_MS = 30_000L;

    /** The work under one configuration: when it is over, its threads and their passes end. */
    private record Shift(CleanerConfig config, Throttler throttler, CountDownLatch end) {
        boolean isOver() {
            return end.getCount() == 0;
        }
    }

    private final Supplier<Collection<PartitionLog>> logs;
    private final Function<TopicPartition, Optional<PartitionLog>> current;
    private final LogEnvironment environment;
    private final CleaningStates states = new CleaningStates();
    private final CleanerOffsets offsets;
    private final Set<TopicPartition> uncleanable = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Shift shift;
    private boolean started;

    LogCleaner(
            CleanerConfig config,
            Supplier<Collection<PartitionLog>> logs,
            Function<TopicPartition, Optional<PartitionLog>> current,
            LogDirectories directories,
            LogEnvironment environment) {
        this.logs = logs;
        this.current = current;
        this.environment = environment;
        this.offsets = new CleanerOffsets(
                directories, topicPartition -> current.apply(topicPartition).isPresent());
        this.shift = shift(config);
    }

    /** One throttle each: who waits in it holds up all others that it is for. */
    private Shift shift(CleanerConfig config) {
        Throttler throttler =
                new Throttler(config.maxIoBytesPerSecond, THROTTLE_CHECK_MS, "cleaner-io", "bytes", environment.time());
        return new Shift(config, throttler, new CountDownLatch(1));
    }

    synchronized void start() {
        started = true;
        Shift present = shift;
        if (!present.config.enableCleaner) {
            return;
        }
        for (int i = 0; i < present.config.numThreads; i++) {
            threads.add(Thread.ofPlatform().name("log-cleaner-" + i).daemon().start(() -> work(present)));
        }
    }

    /**
     * Goes on with another configuration at once: new threads begin, and passes that run are called off. Until such a
     * pass notices it keeps its log and its memory.
     */
    synchronized void reconfigure(CleanerConfig altered) {
        Shift former = shift;
        if (sameWork(former.config, altered)) {
            return;
        }
        shift = shift(altered);
        former.end.countDown();
        threads.removeIf(thread -> !thread.isAlive());
        if (started) {
            start();
        }
    }

    private static boolean sameWork(CleanerConfig one, CleanerConfig other) {
        return one.numThreads == other.numThreads
                && one.dedupeBufferSize == other.dedupeBufferSize
                && one.dedupeBufferLoadFactor == other.dedupeBufferLoadFactor
                && one.ioBufferSize == other.ioBufferSize
                && one.maxIoBytesPerSecond == other.maxIoBytesPerSecond
                && one.backoffMs == other.backoffMs;
    }

    /** Ends the passes that run. Threads are not interrupted: that would close the files they read. */
    synchronized void stop() {
        started = false;
        shift.end.countDown();
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_TIMEOUT_MS);
        for (Thread thread : threads) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadlineNs - System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        threads.clear();
    }

    private void work(Shift own) {
        try {
            // The pause comes first: a broker that starts has better things to do.
            while (!own.end.await(own.config.backoffMs, TimeUnit.MILLISECONDS)) {
                boolean more = true;
                while (more && !own.isOver()) {
                    more = cleanDirtiest(own);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Cleaner thread interrupted");
        }
    }

    /** Compacts the dirtiest log that is due. @return whether one was compacted */
    boolean cleanDirtiest() {
        return cleanDirtiest(shift);
    }

    private boolean cleanDirtiest(Shift own) {
        Optional<CleaningCandidate> dirtiest = takeDirtiest();
        if (dirtiest.isEmpty()) {
            return false;
        }
        try {
            return clean(dirtiest.get(), own);
        } finally {
            states.end(dirtiest.get().log().topicPartition());
        }
    }

    private Optional<CleaningCandidate> takeDirtiest() {
        List<CleaningCandidate> due = new ArrayList<>();
        for (PartitionLog log : logs.get()) {
            if (log.config().compact && !uncleanable.contains(log.topicPartition())) {
                candidate(log).filter(CleaningCandidate::isDue).ifPresent(due::add);
            }
        }
        due.sort(Comparator.comparingDouble(CleaningCandidate::dirtyRatio).reversed());
        for (CleaningCandidate candidate : due) {
            PartitionLog log = candidate.log();
            if (states.tryBegin(log.topicPartition())) {
                // Measured before the log was taken: a truncation or a deletion may have come between.
                Optional<CleaningCandidate> now = current.apply(log.topicPartition())
                        .filter(log::equals)
                        .flatMap(this::candidate)
                        .filter(CleaningCandidate::isDue);
                if (now.isPresent()) {
                    return now;
                }
                states.end(log.topicPartition());
            }
        }
        return Optional.empty();
    }

    private Optional<CleaningCandidate> candidate(PartitionLog log) {
        try {
            var cleanedTo = offsets.of(log);
            var candidate =
                    CleaningCandidate.of(log, cleanedTo, environment.time().milliseconds());
            if (cleanedTo.isPresent() && cleanedTo.getAsLong() != candidate.firstDirty()) {
                offsets.set(log, candidate.firstDirty());
            }
            return Optional.of(candidate);
        } catch (IOException e) {
            diskFailed(log, e);
        } catch (RuntimeException e) {
            LOG.debug("Cannot tell how dirty {} is; it is being closed or its directory failed", log, e);
        }
        return Optional.empty();
    }

    private boolean clean(CleaningCandidate candidate, Shift own) {
        PartitionLog log = candidate.log();
        TopicPartition topicPartition = log.topicPartition();
        CleanerConfig limits = own.config;
        int threadCount = Math.max(1, limits.numThreads);
        SegmentChunks chunks = new SegmentChunks(limits.ioBufferSize / threadCount / 2, own.throttler::maybeThrottle);
        LogCompaction.Resources resources = new LogCompaction.Resources(
                limits.dedupeBufferSize / threadCount,
                limits.dedupeBufferLoadFactor,
                chunks,
                environment.time().milliseconds());
        try {
            offsets.set(log, new LogCompaction(candidate, resources, () -> requireWanted(topicPartition, own)).run());
            return true;
        } catch (CleaningStates.CleaningAbortedException e) {
            LOG.debug("{}", e.getMessage());
        } catch (IOException e) {
            diskFailed(log, e);
        } catch (KafkaStorageException e) {
            LOG.error("Cleaning {} failed with its log directory", topicPartition, e);
        } catch (RuntimeException e) {
            uncleanable.add(topicPartition);
            LOG.error("{} cannot be cleaned, and is left as it is until the next start", topicPartition, e);
        }
        return false;
    }

    private void requireWanted(TopicPartition topicPartition, Shift own) {
        if (own.isOver()) {
            throw new CleaningStates.CleaningAbortedException(topicPartition);
        }
        states.requireWanted(topicPartition);
    }

    private void diskFailed(PartitionLog log, IOException e) {
        String message = "Disk error in log directory " + log.logDir() + " while cleaning " + log.topicPartition();
        environment.failures().maybeAddOfflineLogDir(log.logDir(), message, e);
    }

    /** Runs work that removes old segments, unless the log is being cleaned. @return whether it ran */
    boolean exclusively(TopicPartition topicPartition, Runnable work) {
        if (!states.tryBegin(topicPartition)) {
            return false;
        }
        try {
            work.run();
        } finally {
            states.end(topicPartition);
        }
        return true;
    }

    /** Runs work on a log that no pass is in; one that runs is called off first. */
    void paused(TopicPartition topicPartition, Runnable work) {
        states.pause(topicPartition);
        try {
            work.run();
        } finally {
            states.resume(topicPartition);
        }
    }

    /** After a truncation: what was clean beyond {@code offset} is gone. */
    void truncated(PartitionLog log, long offset) {
        offsets.lowerTo(log, offset);
    }

    /** After a deletion: a later log of the same name starts dirty. */
    void forget(PartitionLog log) {
        uncleanable.remove(log.topicPartition());
        offsets.remove(log);
    }
}
