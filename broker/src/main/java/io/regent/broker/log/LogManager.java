package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partition logs of a broker, over its log directories: opens, creates, finds, truncates and deletes them. Any
 * thread may call it; creation, deletion and a directory's failure exclude one another. It never decides which
 * partitions this broker should hold.
 *
 * <p>Order of use: construct (locks the directories), {@link #claim}, {@link #startup}, {@link #close}.
 */
public final class LogManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogManager.class);

    private final Object lock = new Object();
    private volatile LogManagerSettings settings;
    private final LogEnvironment environment;
    private final LogDirectories directories;
    private final Map<TopicPartition, PartitionLog> logs = new ConcurrentHashMap<>();
    private final LogPlacement placement = new LogPlacement();
    private final LogMoves moves;
    private final LogHousekeeping housekeeping;
    private final FutureLogs futures;
    private final LogMetrics metrics = new LogMetrics();
    private volatile Function<String, Properties> topicOverrides = topic -> new Properties();

    /**
     * Locks the log directories.
     *
     * @param scheduler started already; closed by the caller, after this manager
     * @param refusals counts refused records
     * @throws org.apache.kafka.common.KafkaException when another process uses a directory, or none is usable
     */
    public LogManager(
            LogManagerSettings settings, Time time, Scheduler scheduler, LogValidator.MetricsRecorder refusals) {
        this.settings = settings;
        LogDirFailureChannel failures =
                new LogDirFailureChannel(Math.max(1, settings.logDirs().size()));
        this.environment = new LogEnvironment(
                time,
                scheduler,
                failures,
                settings.producers().maxTransactionTimeoutMs(),
                settings.producers().toManagerConfig(),
                refusals);
        this.directories = new LogDirectories(settings.logDirs(), failures);
        this.housekeeping = new LogHousekeeping(this, directories, environment, settings);
        this.futures = new FutureLogs(environment, housekeeping::checkpointRecoveryPoints);
        this.moves = new LogMoves(this, lock, directories, housekeeping, futures, placement);
    }

    /** The broker id that the directories were used with before, which can be read while another process has them. */
    public static OptionalInt storedBrokerId(List<File> logDirs) throws IOException {
        for (File dir : logDirs) {
            OptionalInt id = DirectoryIdentity.brokerId(dir);
            if (id.isPresent()) {
                return id;
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Checks that the directories belong to this broker and cluster, and writes it into the new ones.
     *
     * @throws org.apache.kafka.common.KafkaException naming the file, what it says and what was expected
     */
    public void claim(int brokerId, String clusterId) {
        directories.claim(brokerId, clusterId);
    }

    /**
     * Opens every log found, recovering after an unclean shutdown, and starts the periodic tasks.
     *
     * @param topicOverrides a topic's own configuration, empty for none; asked again for each new log
     * @param failureListener hears of directories that go offline from now on
     */
    public void startup(Function<String, Properties> topicOverrides, LogDirFailureListener failureListener) {
        this.topicOverrides = topicOverrides;
        long startMs = environment.time().hiResClockMs();
        var found = new LogDirectoryLoading(settings, environment, this::configOf).load(directories.live());
        logs.putAll(found.logs());
        futures.addAll(found.copies().values());
        logs.values().forEach(metrics::add);
        metrics.watch(() -> settings.logDirs().size() - directories.live().size());
        LOG.info("Opened {} logs in {} ms", logs.size(), environment.time().hiResClockMs() - startMs);
        housekeeping.start(failureListener);
    }

    /** Changes where the configuration of logs that are opened from now on comes from. */
    public void setTopicOverrides(Function<String, Properties> newTopicOverrides) {
        this.topicOverrides = newTopicOverrides;
    }

    /** A topic's configuration as of now; an impossible value is reported and the broker's defaults are used. */
    LogConfig configOf(String topic) {
        Properties overrides = topicOverrides.apply(topic);
        try {
            return settings.topicConfig(overrides);
        } catch (ConfigException e) {
            LOG.error("Topic {} has an impossible configuration; it gets the broker's defaults", topic, e);
            return settings.defaultLogConfig();
        }
    }

    public LogManagerSettings settings() {
        return settings;
    }

    public Optional<PartitionLog> getLog(TopicPartition topicPartition) {
        return Optional.ofNullable(logs.get(topicPartition));
    }

    public Collection<PartitionLog> allLogs() {
        return List.copyOf(logs.values());
    }

    /** Moves of logs between the directories. */
    public LogMoves moves() {
        return moves;
    }

    List<PartitionLog> logsAndCopies() {
        List<PartitionLog> all = new ArrayList<>(logs.values());
        all.addAll(futures.logs());
        return all;
    }

    /** The directories that work, as absolute paths. */
    public Set<String> liveLogDirs() {
        return directories.live().stream().map(LogDirectory::path).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The partition's log, created where {@link LogMoves#prefer} said, or in the directory with the fewest logs, if there
     * is none.
     *
     * @param topicId recorded in partition.metadata
     * @param isNew whether the partition was never here before; if it may have been, it is not created anew while a
     *     directory that may hold it is offline
     * @throws KafkaStorageException when no directory can take it
     * @throws org.apache.kafka.common.errors.InconsistentTopicIdException when the log belongs to another topic id
     */
    public PartitionLog getOrCreate(TopicPartition topicPartition, Optional<Uuid> topicId, boolean isNew) {
        synchronized (lock) {
            PartitionLog known = logs.get(topicPartition);
            if (known != null) {
                topicId.ifPresent(known::assignTopicId);
                return known;
            }
            if (!isNew && directories.live().size() < settings.logDirs().size()) {
                throw new KafkaStorageException("The log of " + topicPartition
                        + " may lie in a log directory that is offline; it is not created anew");
            }
            PartitionLog created = create(topicPartition, topicId);
            placement.forget(topicPartition);
            logs.put(topicPartition, created);
            metrics.add(created);
            return created;
        }
    }

    private PartitionLog create(TopicPartition topicPartition, Optional<Uuid> topicId) {
        String logDir = placement
                .choose(topicPartition, directories.live(), logs.values())
                .orElseThrow(() -> new KafkaStorageException("No log directory is online for " + topicPartition))
                .path();
        LogConfig config = configOf(topicPartition.topic());
        File dir = new File(logDir, LogDirNames.of(topicPartition));
        PartitionLog created = environment.onDisk(
                logDir,
                () -> "creating the log of " + topicPartition,
                () -> LogLoader.open(dir, config, LogLoader.Origin.NEW_LOG, environment, topicId));
        LOG.info("Created the log of {} in {}", topicPartition, dir);
        return created;
    }

    /** Puts a copy in its log's place, for {@link LogMoves}, which holds the lock. */
    void replace(PartitionLog former, PartitionLog copy) {
        logs.put(copy.topicPartition(), copy);
        metrics.remove(former);
        metrics.add(copy);
    }

    /**
     * Gives all logs of a topic a new configuration.
     *
     * @throws ConfigException when an override is impossible; the logs keep what they have
     */
    public void updateConfig(String topic, Properties overrides) {
        synchronized (lock) {
            LogConfig config = settings.topicConfig(overrides);
            for (PartitionLog log : logsAndCopies()) {
                if (log.topicPartition().topic().equals(topic)) {
                    log.updateConfig(config);
                }
            }
        }
    }

    /** Takes in altered configuration: defaults of topics, the cleaner and producers. Directories stay as they are. */
    public void reconfigure(LogManagerSettings altered) {
        synchronized (lock) {
            boolean sameDefaults = settings.defaultLogConfig().equals(altered.defaultLogConfig());
            settings = altered;
            if (!sameDefaults) {
                logsAndCopies().forEach(log -> log.updateConfig(altered.rebased(log.config())));
            }
        }
        environment
                .producerConfig()
                .setProducerIdExpirationMs(altered.producers().expirationMs());
        environment
                .producerConfig()
                .setTransactionVerificationEnabled(altered.producers().transactionVerification());
        housekeeping.cleaner().reconfigure(altered.cleaner());
    }

    /**
     * Cuts logs so that they end at the given offsets; those that end below are left alone. A crash after the return
     * does not bring back what was cut from below the recovery point.
     *
     * @throws KafkaStorageException when a disk fails
     */
    public void truncateTo(Map<TopicPartition, Long> offsets) {
        Set<String> touched = new HashSet<>();
        offsets.forEach((topicPartition, offset) -> getLog(topicPartition).ifPresent(log -> {
            futures.truncate(topicPartition, offset, () -> {
                if (housekeeping.truncate(log, offset) == LogMaintenance.Cut.FLUSHED) {
                    touched.add(log.logDir());
                }
            });
        }));
        // Before new records come: above a stale recovery point they would not be recovered after a crash.
        touched.forEach(housekeeping::checkpointRecoveryPoints);
    }

    /**
     * Empties a log, which then ends at {@code offset}. Durable on return.
     *
     * @param logStartOffset where it starts, if lower
     */
    public void truncateFullyAndStartAt(TopicPartition topicPartition, long offset, OptionalLong logStartOffset) {
        getLog(topicPartition).ifPresent(log -> {
            futures.truncate(
                    topicPartition, 0, () -> housekeeping.truncateFullyAndStartAt(log, offset, logStartOffset));
            housekeeping.checkpointRecoveryPoints(log.logDir());
        });
    }

    /**
     * Takes logs out of use at once and removes their files after file.delete.delay.ms. Unknown partitions are passed
     * over.
     */
    public void deleteAsync(Collection<TopicPartition> topicPartitions) {
        Set<String> touched = new HashSet<>();
        for (TopicPartition topicPartition : topicPartitions) {
            synchronized (lock) {
                // Before the log: a copy beside a log that waits for deletion would take its place at the next start.
                moves.drop(topicPartition);
                placement.forget(topicPartition);
                PartitionLog log = logs.remove(topicPartition);
                if (log != null) {
                    touched.add(log.logDir());
                    metrics.remove(log);
                    housekeeping.retireLog(log);
                }
            }
        }
        // A later log of the same name must not inherit offsets of this one.
        touched.forEach(housekeeping::checkpointAll);
    }

    /** The high watermarks in the checkpoints of all live directories, as the last run left them. */
    public Map<TopicPartition, Long> readHighWatermarks() {
        Map<TopicPartition, Long> all = new HashMap<>();
        directories.live().forEach(dir -> all.putAll(dir.readHighWatermarks()));
        return all;
    }

    /** Writes the high watermarks of partitions that have a log here, each into its log's directory. */
    public void writeHighWatermarks(Map<TopicPartition, Long> highWatermarks) {
        Map<String, Map<TopicPartition, Long>> byDir = new HashMap<>();
        highWatermarks.forEach((topicPartition, offset) -> getLog(topicPartition)
                .ifPresent(log -> byDir.computeIfAbsent(log.logDir(), dir -> new HashMap<>())
                        .put(topicPartition, offset)));
        for (LogDirectory dir : directories.live()) {
            Map<TopicPartition, Long> offsets = byDir.getOrDefault(dir.path(), Map.of());
            housekeeping.onDisk(dir, "writing high watermarks", () -> dir.writeHighWatermarks(offsets));
        }
    }

    /** Applies retention to every log now. @return how many segments went */
    public int deleteOldSegments() {
        return housekeeping.deleteOldSegments();
    }

    LogCleaner cleaner() {
        return housekeeping.cleaner();
    }

    /** Forgets the logs of a failed directory. @return the partitions that were in it */
    Set<TopicPartition> dropLogsOf(String logDir) {
        synchronized (lock) {
            futures.dropIn(logDir).forEach(housekeeping::abandon);
            List<PartitionLog> lost = new ArrayList<>();
            for (PartitionLog log : logs.values()) {
                if (log.logDir().equals(logDir)) {
                    lost.add(log);
                }
            }
            for (PartitionLog log : lost) {
                logs.remove(log.topicPartition());
                metrics.remove(log);
                housekeeping.abandon(log);
            }
            return lost.stream().map(PartitionLog::topicPartition).collect(Collectors.toUnmodifiableSet());
        }
    }

    /** Flushes and closes all logs and marks the shutdown clean, so that the next start recovers nothing. */
    @Override
    public void close() {
        housekeeping.stop();
        metrics.unwatch();
        logs.values().forEach(metrics::remove);
        directories.close(logsAndCopies());
        logs.clear();
    }
}
