package io.regent.broker.replica;

import io.regent.broker.log.LogDirFailureListener;
import io.regent.broker.log.LogManager;
import io.regent.broker.log.PartitionLog;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.StaleBrokerEpochException;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.message.UpdateMetadataResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.FileRecords.TimestampAndOffset;
import org.apache.kafka.common.replica.ReplicaSelector;
import org.apache.kafka.common.requests.AbstractControlRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.LeaderAndIsrResponse;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.StopReplicaResponse;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.apache.kafka.common.requests.UpdateMetadataResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.FetchParams;
import org.apache.kafka.storage.internals.log.FetchPartitionData;

/**
 * All replicas on this broker: carries out the controller's orders, appends, serves fetches, follows other brokers.
 *
 * <p>Any thread may call it. Nothing here blocks on another broker: what has to wait completes a future, on a timer's or
 * another request's thread. {@link #startup} once, after the logs are loaded; {@link #close} before the logs are.
 */
public final class ReplicaManager implements AutoCloseable {
    private final PartitionContext context;
    private final ControllerEpochGuard epochs;
    private final Scheduler scheduler;
    private final PartitionRegistry partitions;
    private final HighWatermarkCheckpoints watermarks;
    private final ReplicaFetchers fetchers;
    private final LogDirMover moves;
    private final ControlRequests control;
    private final Appends appends;
    private final Fetches fetches;
    private final OffsetQueries queries;
    private final RecordDeletion deletion;
    private final AtomicBoolean checkpointing = new AtomicBoolean();
    private final Queue<ScheduledFuture<?>> tasks = new ConcurrentLinkedQueue<>();

    /**
     * What replication works with.
     *
     * @param isrChanges to the controller
     * @param brokerEpoch this broker's present epoch: the czxid of its registration
     * @param scheduler started already; closed by the caller, after this manager
     * @param sensors likewise
     * @param replicaSelector replica.selector.class, made and configured; empty for none
     */
    public record Environment(
            Time time,
            LogManager logs,
            MetadataCache metadata,
            AlterPartitionChannel isrChanges,
            LongSupplier brokerEpoch,
            Scheduler scheduler,
            Metrics sensors,
            Optional<ReplicaSelector> replicaSelector) {}

    public ReplicaManager(ReplicaSettings settings, Environment environment, ControllerEpochGuard epochs) {
        this.context = new PartitionContext(
                settings,
                environment.time(),
                environment.logs(),
                environment.metadata(),
                environment.isrChanges(),
                environment.brokerEpoch(),
                new DelayedOperations(),
                new ReplicaMetrics(),
                new ReplicationThrottles(settings, environment.sensors(), environment.time()));
        this.epochs = epochs;
        this.scheduler = environment.scheduler();
        this.partitions = new PartitionRegistry(context);
        this.watermarks = new HighWatermarkCheckpoints(environment.logs(), partitions);
        this.fetchers = new ReplicaFetchers(
                settings.fetchers().fetchersPerBroker(), FetcherThread.factory(context, partitions));
        this.moves = new LogDirMover(context, partitions);
        this.control = new ControlRequests(context, partitions, watermarks, fetchers, moves);
        this.appends = new Appends(partitions, context.operations());
        PreferredReadReplica preferred =
                new PreferredReadReplica(environment.replicaSelector(), environment.metadata());
        this.fetches = new Fetches(partitions, new FetchReader(partitions, preferred, context), context);
        this.queries = new OffsetQueries(partitions);
        this.deletion = new RecordDeletion(partitions, context.operations());
    }

    /** Reads the high watermarks of the last run, and starts looking for followers that lag. */
    public void startup() {
        watermarks.load();
        context.metrics().countPartitions(partitions);
        context.metadata().addListener((now, deleted) -> fetchers.onMetadata(now, context.settings()));
        // Half the lag time, so that a follower is out after one and a half at the latest, as in Kafka.
        long shrinkIntervalMs = Math.max(1, context.settings().lagTimeMaxMs() / 2);
        tasks.add(scheduler.schedule("isr-expiration", this::shrinkIsrs, 0, shrinkIntervalMs));
    }

    /** Follows each broker with this many fetchers from now on (num.replica.fetchers). */
    public void resizeFetchers(int fetchersPerBroker) {
        fetchers.resize(fetchersPerBroker);
    }

    /**
     * Limits the traffic of throttled replicas (leader.replication.throttled.rate and its follower's counterpart).
     *
     * @param leaderBytesPerSecond {@link Long#MAX_VALUE} for no limit
     * @param followerBytesPerSecond {@link Long#MAX_VALUE} for no limit
     */
    public void throttle(long leaderBytesPerSecond, long followerBytesPerSecond) {
        context.throttles().limitTo(leaderBytesPerSecond, followerBytesPerSecond);
    }

    /**
     * Limits what is copied between log directories (replica.alter.log.dirs.io.max.bytes.per.second).
     *
     * @param bytesPerSecond {@link Long#MAX_VALUE} for no limit
     */
    public void throttleMoves(long bytesPerSecond) {
        context.throttles().limitCopyingTo(bytesPerSecond);
    }

    private void shrinkIsrs() {
        partitions.leading().forEach(Partition::maybeShrinkIsr);
    }

    /** Hears of leadership from now on. */
    public void addLeadershipListener(LeadershipListener listener) {
        control.addListener(listener);
    }

    /** @return false when this broker has no log of the partition */
    public boolean addPartitionListener(TopicPartition partition, PartitionListener listener) {
        return partitions
                .find(partition)
                .map(found -> found.addListener(listener))
                .orElse(false);
    }

    public void removePartitionListener(TopicPartition partition, PartitionListener listener) {
        partitions.find(partition).ifPresent(found -> found.removeListener(listener));
    }

    /** To be given to {@link LogManager#startup}. */
    public LogDirFailureListener logDirFailureListener() {
        return (logDir, lost) -> control.onLogDirFailure(lost);
    }

    /**
     * Makes replicas lead or follow as the controller says.
     *
     * @return the error of each partition; fails with STALE_CONTROLLER_EPOCH or STALE_BROKER_EPOCH for the whole request
     */
    public CompletableFuture<LeaderAndIsrResponse> leaderAndIsr(LeaderAndIsrRequest request) {
        return obey(request, () -> {
            LeaderAndIsrResponse response = ControlResponses.of(request, control.leaderAndIsr(request));
            startCheckpointing();
            return response;
        });
    }

    /** Stops or deletes replicas; errors as of {@link #leaderAndIsr}. */
    public CompletableFuture<StopReplicaResponse> stopReplica(StopReplicaRequest request) {
        return obey(request, () -> ControlResponses.of(control.stopReplica(request)));
    }

    /** Takes in what the controller says of the cluster; errors as of {@link #leaderAndIsr}. */
    public CompletableFuture<UpdateMetadataResponse> updateMetadata(UpdateMetadataRequest request) {
        return obey(request, () -> {
            MetadataSnapshot before = context.metadata().current();
            context.metadata().update(request);
            for (UpdateMetadataPartitionState state : request.partitionStates()) {
                Optional<Partition> hosted =
                        partitions.find(new TopicPartition(state.topicName(), state.partitionIndex()));
                if (hosted.isPresent()) {
                    hosted.get().learnIsr(state.leaderEpoch(), state.zkVersion(), state.isr());
                }
            }
            control.deleteStrays(request);
            MetadataSnapshot now = context.metadata().current();
            if (before.aliveBrokers().stream().anyMatch(broker -> !now.isAlive(broker.id()))) {
                partitions.leading().forEach(Partition::settleHighWatermark);
            }
            return new UpdateMetadataResponse(new UpdateMetadataResponseData());
        });
    }

    private <T> CompletableFuture<T> obey(AbstractControlRequest request, Supplier<T> work) {
        long ownEpoch = context.brokerEpoch().getAsLong();
        // A newer one than we know of is ours too: the controller may see a registration before we do (KAFKA-9839).
        if (request.brokerEpoch() != AbstractControlRequest.UNKNOWN_BROKER_EPOCH && request.brokerEpoch() < ownEpoch) {
            return CompletableFuture.failedFuture(new StaleBrokerEpochException(
                    "The request is for broker epoch " + request.brokerEpoch() + ", but this is " + ownEpoch));
        }
        return epochs.obey(request.controllerEpoch(), work);
    }

    /** Not before the controller has named the partitions: see {@link HighWatermarkCheckpoints}. */
    private void startCheckpointing() {
        if (checkpointing.compareAndSet(false, true)) {
            long intervalMs = context.settings().checkpointIntervalMs();
            tasks.add(scheduler.schedule("highwatermark-checkpoint", watermarks::write, intervalMs, intervalMs));
        }
    }

    /**
     * Appends records to partitions led here.
     *
     * @return each partition's result, once as many replicas have it as asked for, or the request's time is up
     */
    public CompletableFuture<Map<TopicPartition, PartitionResponse>> append(AppendRequest request) {
        return appends.append(request);
    }

    /**
     * Reads for a consumer or a follower; a follower's fetch also says how far it has come.
     *
     * @param wanted in the order in which the size limit is spent
     * @return each partition's data or error, in that order, once there is enough or the wait is over
     */
    public CompletableFuture<Map<TopicIdPartition, FetchPartitionData>> fetch(
            FetchParams params, Map<TopicIdPartition, FetchRequest.PartitionData> wanted) {
        return fetches.fetch(params, wanted);
    }

    /** OffsetsForLeaderEpoch of one partition; errors are in the answer. */
    public EpochEndOffset lastOffsetForLeaderEpoch(
            TopicPartition partition, Optional<Integer> currentLeaderEpoch, int leaderEpoch) {
        return queries.lastOffsetForLeaderEpoch(partition, currentLeaderEpoch, leaderEpoch);
    }

    /**
     * ListOffsets of one partition, version 1 and newer.
     *
     * @param timestamp in ms, or one of the special ones of {@link org.apache.kafka.common.requests.ListOffsetsRequest}
     * @param isolation of a client; empty for a broker, which may see up to the log end
     * @param onlyLeader false for a debugging client, which may ask a follower
     * @return empty when no visible record is that new
     * @throws org.apache.kafka.common.errors.ApiException the partition's error
     */
    public Optional<TimestampAndOffset> listOffset(
            TopicPartition partition,
            long timestamp,
            Optional<IsolationLevel> isolation,
            Optional<Integer> currentLeaderEpoch,
            boolean onlyLeader) {
        return queries.listOffset(
                new OffsetQueries.Query(partition, timestamp, isolation, currentLeaderEpoch, onlyLeader));
    }

    /** ListOffsets v0: up to {@code maxOffsets} segment starts not newer than the timestamp, newest first. */
    public List<Long> legacyListOffsets(
            TopicPartition partition, long timestamp, Optional<IsolationLevel> isolation, int maxOffsets) {
        return queries.legacyListOffsets(
                new OffsetQueries.Query(partition, timestamp, isolation, Optional.empty(), true), maxOffsets);
    }

    /** DeleteRecords: answers once all live replicas have dropped what lies below the offsets, or time is up. */
    public CompletableFuture<Map<TopicPartition, DeleteRecordsPartitionResult>> deleteRecords(
            Map<TopicPartition, Long> offsets, long timeoutMs) {
        return deletion.delete(offsets, timeoutMs);
    }

    /**
     * AlterReplicaLogDirs of one partition: has its log move to another directory of this broker, in the background
     * (KIP-113). A log that is not here yet will be created there.
     *
     * @param logDir an absolute path, as log.dirs says
     * @return the error of the partition
     */
    public Errors alterLogDir(TopicPartition partition, String logDir) {
        return moves.order(partition, logDir);
    }

    /** The replica of a partition here, whatever its role. */
    public Optional<Partition> partition(TopicPartition partition) {
        return partitions.find(partition);
    }

    /** All replicas here but those of failed log directories. */
    public Collection<Partition> partitions() {
        return List.copyOf(partitions.online());
    }

    /** The log of a partition here, whatever its role. */
    public Optional<PartitionLog> log(TopicPartition partition) {
        return partition(partition).flatMap(Partition::log);
    }

    /** Stops following, answers nothing more and writes the high watermarks. The logs are the caller's to close. */
    @Override
    public void close() throws Exception {
        tasks.forEach(task -> task.cancel(false));
        fetchers.close();
        moves.close();
        context.operations().close();
        if (checkpointing.get()) {
            watermarks.write();
        }
        context.metrics().close();
    }
}
