package io.regent.controller.zk;

import io.regent.controller.Event;
import io.regent.controller.Event.ObservedTopic;
import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.CoordinationStore;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.ControllerZnode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.apache.zookeeper.Op;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link CoordinationStore} over the node's ZooKeeper session: has the controller's znodes watched, contests, loads and
 * commits.
 *
 * <p>Any thread may call it; everything happens on the session's thread. It keeps nothing in memory that decides who
 * rules: that is always what ZooKeeper holds. The session is not its own, and is not closed with it.
 */
public final class ZkStore implements CoordinationStore, ZkSession.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(ZkStore.class);

    /** How long nothing must have been written after much was, before topics are watched again. */
    private static final long PAUSE_MS = 100;

    private static final String UNREADABLE_METRIC = "UnreadableZnodeCount";

    private final ZkSession session;
    private final BadZnodes badZnodes = new BadZnodes();
    private final Election election;
    private final Mirror mirror;
    private final WatchedZnodes watched;
    private final KafkaMetricsGroup metrics = new KafkaMetricsGroup("kafka.controller", "KafkaController");

    private Consumer<StoreEvent> listener = event -> {};
    private boolean prepared;
    private boolean started;
    private boolean closed;
    /** The reign that this session has won and not given up; its writes go through here. */
    private Committer committer;

    private long lastWriteMs;
    /** The topics that were marked for deletion when that was last read. */
    private Set<String> markers = Set.of();
    /** The last reading of the markers, when it waits for the mirror to learn of the topics that it names. */
    private Optional<Event.DeletionsObserved> unknownDeletions = Optional.empty();

    /**
     * @param idIsOurs whether this session holds the registration of the broker id; asked on the session's thread
     */
    public ZkStore(ZkSession session, int brokerId, BooleanSupplier idIsOurs) {
        this(session, brokerId, idIsOurs, ZkStore::randomTopicId);
    }

    /**
     * @param idIsOurs whether this session holds the registration of the broker id; asked on the session's thread
     * @param newTopicId makes ids that no other topic has
     */
    public ZkStore(ZkSession session, int brokerId, BooleanSupplier idIsOurs, Supplier<TopicId> newTopicId) {
        this.session = session;
        this.election = new Election(brokerId, session, idIsOurs, badZnodes, new Outcome());
        this.mirror = new Mirror(session, badZnodes, newTopicId, new Retelling());
        this.watched = new WatchedZnodes(
                session, brokerId, badZnodes, election::owner, this::tellWatched, this::loadIfCurrent);
    }

    /** Begins to read the topics. A node has other things to do before it contests, and may find itself the only one to rule. */
    public void prepare() {
        session.thread().execute(() -> {
            if (!prepared && !closed) {
                prepared = true;
                session.addListener(this);
                session.handle().ifPresent(this::readTopics);
            }
        });
    }

    @Override
    public void start(Consumer<StoreEvent> newListener) {
        metrics.newGauge(UNREADABLE_METRIC, badZnodes::count);
        prepare();
        session.thread().execute(() -> {
            listener = newListener;
            started = true;
            session.handle().ifPresent(this::begin);
        });
    }

    /** How many partitions the cluster has, as this node last read it; 0 while it is still reading. */
    public int heldPartitions() {
        return mirror.heldPartitions();
    }

    @Override
    public void contest() {
        contest(OptionalInt.empty());
    }

    @Override
    public void supplant(int controllerId) {
        contest(OptionalInt.of(controllerId));
    }

    @Override
    public void succeed(int controllerId) {
        session.thread().execute(() -> {
            if (!closed) {
                watched.reignOf(controllerId)
                        .ifPresentOrElse(
                                seen -> election.succeed(controllerId, seen.controller(), seen.epoch()),
                                () -> election.contest(OptionalInt.empty()));
            }
        });
    }

    private void contest(OptionalInt from) {
        session.thread().execute(() -> {
            if (!closed) {
                election.contest(from);
            }
        });
    }

    @Override
    public void expect(Reign reign, int writes) {
        session.thread().execute(() -> {
            if (rules(reign)) {
                lastWriteMs = session.thread().nowMs();
                mirror.lookAwayFrom(writes);
                // There may be less to write than there was to decide on, or nothing.
                lookAgainAfterPause();
            }
        });
    }

    @Override
    public void commit(Reign reign, long ticket, List<Write> writes) {
        session.thread().execute(() -> {
            if (rules(reign)) {
                lastWriteMs = session.thread().nowMs();
                committer.commit(ticket, writes);
                mirror.lookAwayFrom(committer.writesInARow());
            } else {
                tell(new StoreEvent.CommitFailed(reign, ticket, "the reign is over"));
            }
        });
    }

    @Override
    public void renew(Reign reign) {
        session.thread().execute(() -> {
            if (rules(reign)) {
                forgetReign();
            }
        });
        // The znode of the ended reign is this session's own, which a contest replaces.
        contest();
    }

    @Override
    public void resign(Reign reign) {
        session.thread().execute(() -> {
            if (!rules(reign)) {
                return;
            }
            forgetReign();
            // Whether it took effect or not, the next contest of this session finds out and settles it.
            remove(List.of(
                    Op.check(ControllerEpochZnode.PATH, reign.epochVersion()), Op.delete(ControllerZnode.PATH, -1)));
        });
    }

    @Override
    public void depose(int controllerId) {
        session.thread()
                .execute(() -> watched.reignOf(controllerId)
                        .ifPresent(seen -> remove(List.of(
                                Op.check(ControllerEpochZnode.PATH, seen.epoch().version()),
                                Op.delete(ControllerZnode.PATH, -1)))));
    }

    @Override
    public void evict(Reign reign, int brokerId, long brokerEpoch) {
        session.thread().execute(() -> {
            if (!rules(reign)) {
                return;
            }
            String path = BrokerZnode.path(brokerId);
            session.handle()
                    .ifPresent(handle -> Calls.then(
                            handle.read(path),
                            found -> found.filter(znode -> znode.czxid() == brokerEpoch && rules(reign))
                                    .ifPresent(znode -> remove(List.of(
                                            Op.check(ControllerEpochZnode.PATH, reign.epochVersion()),
                                            Op.delete(path, znode.version())))),
                            failure -> LOG.info("{} was not read: {}", path, failure.getMessage())));
        });
    }

    /** What this does is observed; when it fails, the session of whoever left the znode decides, as without it. */
    private void remove(List<Op> guarded) {
        String path = guarded.get(guarded.size() - 1).getPath();
        session.handle()
                .ifPresent(handle -> Calls.then(
                        handle.multi(guarded),
                        removed -> LOG.debug("{} is removed", path),
                        failure -> LOG.info("{} was not removed: {}", path, failure.getMessage())));
    }

    @Override
    public void close() {
        metrics.removeMetric(UNREADABLE_METRIC);
        mirror.removeMetrics();
        session.thread().execute(() -> {
            closed = true;
            watched.stop();
            mirror.close();
            election.abandon();
            session.removeListener(this);
        });
    }

    @Override
    public void began(ZkHandle handle) {
        readTopics(handle);
        if (started) {
            begin(handle);
        }
    }

    private void readTopics(ZkHandle handle) {
        mirror.began(handle);
        Calls.then(
                handle.read(ControllerZnode.PATH),
                found -> {
                    if (found.isEmpty()) {
                        mirror.hasten();
                    }
                },
                failure -> LOG.debug("{} was not read: {}", ControllerZnode.PATH, failure.getMessage()));
    }

    private void begin(ZkHandle handle) {
        watched.watch(handle);
        tell(new StoreEvent.SessionBegan());
    }

    @Override
    public void reconnected(ZkHandle handle) {
        // Persistent watches are set again by the client, but what they missed meanwhile is not told.
        if (started) {
            watched.watch(handle);
        }
        mirror.reconnected();
        election.reconnected();
    }

    @Override
    public void expired() {
        election.abandon();
        mirror.close();
        forgetReign();
        tell(new StoreEvent.SessionExpired());
    }

    private void forgetReign() {
        if (committer != null) {
            committer.stop("the reign is over");
        }
        committer = null;
        unknownDeletions = Optional.empty();
        mirror.follow();
    }

    private boolean rules(Reign reign) {
        return committer != null && committer.reign().equals(reign);
    }

    private void tell(StoreEvent event) {
        if (!closed) {
            listener.accept(event);
        }
    }

    private void written(StoreEvent event) {
        tell(event);
        lookAgainAfterPause();
    }

    private void lookAgainAfterPause() {
        Committer writer = committer;
        if (writer != null && writer.isIdle() && mirror.isLookingAway()) {
            session.thread().schedule(PAUSE_MS, () -> {
                boolean paused = session.thread().nowMs() - lastWriteMs >= PAUSE_MS;
                if (writer == committer && writer.isIdle() && paused) {
                    mirror.lookAgain();
                }
            });
        }
    }

    private final class Outcome implements Election.Outcome {
        @Override
        public void won(Reign reign) {
            if (closed) {
                return;
            }
            badZnodes.mended(ControllerEpochZnode.PATH);
            session.handle().ifPresent(handle -> {
                committer = new Committer(handle, reign, session.settings().maxInFlight(), ZkStore.this::written);
                tell(new StoreEvent.Elected(reign));
                mirror.takeOver();
            });
        }

        @Override
        public void lost(OptionalInt owner) {
            tell(new StoreEvent.Lost(owner));
        }

        @Override
        public void failed(String reason) {
            tell(new StoreEvent.ContestFailed(reason));
        }
    }

    private final class Retelling implements MirrorClient {
        @Override
        public void clean() {
            loadIfCurrent();
        }

        @Override
        public void caughtUp() {
            unknownDeletions.ifPresent(ZkStore.this::tellDeletions);
        }

        @Override
        public void observed(List<ObservedTopic> topics) {
            tell(new StoreEvent.Observed(new Event.TopicsObserved(topics)));
        }

        @Override
        public void configured(SortedMap<String, Map<String, String>> overrides) {
            tell(new StoreEvent.Observed(new Event.TopicConfigsObserved(overrides)));
        }

        @Override
        public void mended(String path) {
            tell(new StoreEvent.ImageStale("znode " + path + ", which nobody could read, has changed"));
        }

        @Override
        public void failed(String reason) {
            tell(new StoreEvent.ContestFailed("the cluster could not be loaded: " + reason));
        }
    }

    /** Hands the image to the reign that waits for it, when nothing is known to have changed since it was read. */
    private void loadIfCurrent() {
        if (!mirror.isReady() || !watched.factsAreCurrent()) {
            return;
        }
        mirror.rule();
        tell(new StoreEvent.Loaded(
                committer.reign(),
                watched.addTo(mirror.topics()),
                mirror.idsForTopicsWithoutOne(),
                mirror.unreadable()));
        watched.tellErrands();
    }

    /**
     * A topic and the order to delete it may come one right after the other, and a marker whose topic nobody knows is
     * removed: so one is told only when the topics that came before it have been.
     */
    private void tellWatched(StoreEvent event) {
        if (event instanceof StoreEvent.Observed(Event.DeletionsObserved deletions)) {
            boolean isUnknown = deletions.topics().stream()
                    .anyMatch(name -> mirror.topics().topic(name).isEmpty());
            if (isUnknown && mirror.isBehind()) {
                unknownDeletions = Optional.of(deletions);
            } else {
                tellDeletions(deletions);
            }
        } else {
            tell(event);
        }
    }

    /** A topic that comes anew while the last of its name is being deleted waits until the marker is seen gone. */
    private void tellDeletions(Event.DeletionsObserved deletions) {
        unknownDeletions = Optional.empty();
        tell(new StoreEvent.Observed(deletions));
        markers.stream().filter(name -> !deletions.topics().contains(name)).forEach(mirror::tellAgain);
        markers = deletions.topics();
    }

    private static TopicId randomTopicId() {
        Uuid id = Uuid.randomUuid();
        return new TopicId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
