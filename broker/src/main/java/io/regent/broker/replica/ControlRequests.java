package io.regent.broker.replica;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaPartitionState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Carries out what the controller orders for replicas here: lead, follow, stop, delete. Called one order at a time, once
 * its epochs have been found good; it answers per partition and never throws for one of them.
 */
final class ControlRequests {
    /** Leader epochs in StopReplica that stand for "it is being deleted" and "the request's version has none". */
    private static final int EPOCH_DURING_DELETE = -2;

    private static final int NO_EPOCH = -1;
    private static final Logger LOG = LoggerFactory.getLogger("state.change.logger");

    private final PartitionContext context;
    private final PartitionRegistry partitions;
    private final HighWatermarkCheckpoints watermarks;
    private final ReplicaFetchers fetchers;
    private final LogDirMover moves;
    private final StrayReplicas strays;
    private final List<LeadershipListener> listeners = new CopyOnWriteArrayList<>();

    ControlRequests(
            PartitionContext context,
            PartitionRegistry partitions,
            HighWatermarkCheckpoints watermarks,
            ReplicaFetchers fetchers,
            LogDirMover moves) {
        this.context = context;
        this.partitions = partitions;
        this.watermarks = watermarks;
        this.fetchers = fetchers;
        this.moves = moves;
        this.strays = new StrayReplicas(context.brokerId(), context.logs(), partitions);
    }

    void addListener(LeadershipListener listener) {
        listeners.add(listener);
    }

    /** One LeaderAndIsr under way: what it found out and what must follow. */
    private record Round(
            LeaderAndIsrRequest request,
            Map<String, Uuid> topicIds,
            Map<TopicPartition, Errors> errors,
            List<Partition> newLeaders,
            Map<Partition, LeaderAndIsrPartitionState> newFollowers) {

        Optional<Uuid> topicId(String topic) {
            return Optional.ofNullable(topicIds.get(topic)).filter(id -> !id.equals(Uuid.ZERO_UUID));
        }
    }

    Map<TopicPartition, Errors> leaderAndIsr(LeaderAndIsrRequest request) {
        Round round =
                new Round(request, request.topicIds(), new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
        for (LeaderAndIsrPartitionState state : request.partitionStates()) {
            TopicPartition topicPartition = new TopicPartition(state.topicName(), state.partitionIndex());
            round.errors.put(topicPartition, applyOne(round, topicPartition, state));
        }
        fetchers.remove(round.newLeaders.stream().map(Partition::topicPartition).toList());
        follow(round);
        round.newLeaders.forEach(
                partition -> tell(listener -> listener.onLeader(partition.topicPartition(), partition.leaderEpoch())));
        round.newFollowers
                .keySet()
                .forEach(partition -> tell(listener ->
                        listener.onResigned(partition.topicPartition(), OptionalInt.of(partition.leaderEpoch()))));
        LOG.info(
                "LeaderAndIsr of controller {} epoch {}: {} partitions, {} now led here, {} now followed",
                request.controllerId(),
                request.controllerEpoch(),
                round.errors.size(),
                round.newLeaders.size(),
                round.newFollowers.size());
        return round.errors;
    }

    private Errors applyOne(Round round, TopicPartition topicPartition, LeaderAndIsrPartitionState state) {
        if (partitions.isOffline(topicPartition)) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        if (!state.replicas().contains(context.brokerId())) {
            LOG.warn("Ignored {}: broker {} is not among its replicas", state, context.brokerId());
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        Partition partition = partitions.getOrCreate(topicPartition);
        Optional<Uuid> wantedId = round.topicId(state.topicName());
        Optional<Uuid> ownId = partition.topicId();
        if (wantedId.isPresent() && ownId.isPresent() && !wantedId.equals(ownId)) {
            LOG.error("Ignored {}: its topic id is {}, the log here belongs to {}", state, wantedId.get(), ownId.get());
            return Errors.INCONSISTENT_TOPIC_ID;
        }
        boolean stale = state.leaderEpoch() < partition.leaderEpoch()
                || (state.leaderEpoch() == partition.leaderEpoch()
                        && state.partitionEpoch() <= partition.partitionEpoch());
        if (stale) {
            return settleKnownEpoch(partition, state, wantedId, ownId);
        }
        return takeRole(round, partition, state, wantedId);
    }

    /** The controller gives a topic its id without a new epoch; anything else that is not newer is stale. */
    private static Errors settleKnownEpoch(
            Partition partition, LeaderAndIsrPartitionState state, Optional<Uuid> wantedId, Optional<Uuid> ownId) {
        boolean bringsId = state.leaderEpoch() == partition.leaderEpoch() && wantedId.isPresent() && ownId.isEmpty();
        if (bringsId && partition.log().isPresent()) {
            partition.log().get().assignTopicId(wantedId.get());
            return Errors.NONE;
        }
        boolean repeated =
                state.leaderEpoch() == partition.leaderEpoch() && state.partitionEpoch() == partition.partitionEpoch();
        // A new controller tells everything at the end of its takeover, also what it has told a moment ago.
        LOG.atLevel(repeated ? Level.DEBUG : Level.INFO)
                .log(
                        "Ignored {}: {} is in leader epoch {} and partition epoch {}",
                        state,
                        partition.topicPartition(),
                        partition.leaderEpoch(),
                        partition.partitionEpoch());
        return Errors.STALE_CONTROLLER_EPOCH;
    }

    private Errors takeRole(
            Round round, Partition partition, LeaderAndIsrPartitionState state, Optional<Uuid> topicId) {
        TopicPartition topicPartition = partition.topicPartition();
        Partition.LogSource source = () -> watermarks.open(topicPartition, topicId, state.isNew());
        try {
            if (state.leader() == context.brokerId()) {
                if (partition.makeLeader(state, source)) {
                    round.newLeaders.add(partition);
                }
            } else if (partition.makeFollower(state, source)) {
                round.newFollowers.put(partition, state);
            }
            watermarks.forget(topicPartition);
            moves.resume(topicPartition);
            return Errors.NONE;
        } catch (ApiException e) {
            LOG.error("{} could not take the role of {}", topicPartition, state, e);
            Errors error = Errors.forException(e);
            if (error == Errors.KAFKA_STORAGE_ERROR) {
                partitions.markOffline(topicPartition);
            }
            return error;
        }
    }

    private void follow(Round round) {
        Map<TopicPartition, FetchTarget> targets = new HashMap<>();
        Map<Integer, Node> liveLeaders = new HashMap<>();
        round.request
                .liveLeaders()
                .forEach(leader -> liveLeaders.put(
                        leader.brokerId(), new Node(leader.brokerId(), leader.hostName(), leader.port())));
        round.newFollowers.forEach((partition, state) -> {
            context.operations().checkAndCompleteAll(partition.topicPartition());
            Optional<Node> leader = context.metadata()
                    .current()
                    .node(state.leader(), context.settings().interBrokerListener())
                    .or(() -> Optional.ofNullable(liveLeaders.get(state.leader())));
            if (leader.isEmpty()) {
                LOG.warn("{} cannot follow broker {} yet: its address is not known", partition, state.leader());
            }
            targets.put(
                    partition.topicPartition(),
                    new FetchTarget(leader, state.leader(), state.leaderEpoch(), partition.topicId()));
        });
        fetchers.assign(targets);
    }

    Map<TopicPartition, Errors> stopReplica(StopReplicaRequest request) {
        Map<TopicPartition, Errors> errors = new LinkedHashMap<>();
        Map<TopicPartition, StopReplicaPartitionState> stopped = new LinkedHashMap<>();
        request.partitionStates().forEach((topicPartition, state) -> {
            Errors error = mayStop(topicPartition, state);
            errors.put(topicPartition, error);
            if (error == Errors.NONE) {
                stopped.put(topicPartition, state);
            }
        });
        fetchers.remove(stopped.keySet());
        List<TopicPartition> doomed = new ArrayList<>();
        stopped.forEach((topicPartition, state) -> stop(topicPartition, state, doomed));
        if (!doomed.isEmpty()) {
            deleteLogs(doomed, errors);
        }
        LOG.info(
                "StopReplica of controller {} epoch {}: {} partitions, {} deleted",
                request.controllerId(),
                request.controllerEpoch(),
                errors.size(),
                doomed.size());
        return errors;
    }

    /** Deletes what an UpdateMetadata shows to have been moved away, as its StopReplica may have been lost. */
    void deleteStrays(UpdateMetadataRequest request) {
        Map<TopicPartition, Integer> found = strays.in(request);
        if (found.isEmpty()) {
            return;
        }
        fetchers.remove(found.keySet());
        found.forEach((topicPartition, leaderEpoch) -> {
            LOG.warn(
                    "{} was moved away, in leader epoch {} at the latest: deleting its log",
                    topicPartition,
                    leaderEpoch);
            forget(topicPartition);
            resigned(topicPartition, OptionalInt.of(leaderEpoch));
        });
        deleteLogs(List.copyOf(found.keySet()), new HashMap<>());
    }

    private Errors mayStop(TopicPartition topicPartition, StopReplicaPartitionState state) {
        if (partitions.isOffline(topicPartition)) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        int epoch = state.leaderEpoch();
        boolean fenced = epoch != EPOCH_DURING_DELETE
                && epoch != NO_EPOCH
                && partitions
                        .find(topicPartition)
                        .filter(partition -> epoch < partition.leaderEpoch())
                        .isPresent();
        return fenced ? Errors.FENCED_LEADER_EPOCH : Errors.NONE;
    }

    private void stop(TopicPartition topicPartition, StopReplicaPartitionState state, List<TopicPartition> doomed) {
        if (state.deletePartition()) {
            forget(topicPartition);
            doomed.add(topicPartition);
        }
        resigned(topicPartition, state.leaderEpoch() < 0 ? OptionalInt.empty() : OptionalInt.of(state.leaderEpoch()));
    }

    private void forget(TopicPartition topicPartition) {
        partitions.remove(topicPartition).ifPresent(Partition::delete);
        watermarks.forget(topicPartition);
    }

    private void resigned(TopicPartition topicPartition, OptionalInt leaderEpoch) {
        context.operations().checkAndCompleteAll(topicPartition);
        tell(listener -> listener.onResigned(topicPartition, leaderEpoch));
    }

    private void deleteLogs(List<TopicPartition> doomed, Map<TopicPartition, Errors> errors) {
        try {
            context.logs().deleteAsync(doomed);
        } catch (RuntimeException e) {
            LOG.error("Deleting the logs of {} failed", doomed, e);
            doomed.forEach(partition -> errors.put(partition, Errors.forException(e)));
        }
    }

    /** A log directory failed: its partitions are neither led nor followed here any more. */
    void onLogDirFailure(Collection<TopicPartition> lost) {
        fetchers.remove(lost);
        for (TopicPartition partition : lost) {
            partitions.markOffline(partition);
            resigned(partition, OptionalInt.empty());
        }
    }

    private void tell(Consumer<LeadershipListener> news) {
        for (LeadershipListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("A listener of leadership changes failed", e);
            }
        }
    }
}
