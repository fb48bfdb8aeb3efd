package io.regent.controller.zk;

import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.CoordinationStore;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.ControllerZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link CoordinationStore} over the node's ZooKeeper session: watches what concerns the controller, contests, loads and
 * commits.
 *
 * <p>Any thread may call it; everything happens on the session's thread. It keeps nothing from one session to the next,
 * and nothing at all in memory that decides who rules: that is always what ZooKeeper holds. The session is not its own,
 * and is not closed with it.
 */
public final class ZkStore implements CoordinationStore, ZkSession.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(ZkStore.class);

    private static final String UNREADABLE_METRIC = "UnreadableZnodeCount";

    private final ZkSession session;
    private final BadZnodes badZnodes = new BadZnodes();
    private final Election election;
    private final ClusterLoader loader;
    private final Observation<Optional<Znode>> controller;
    private final Observation<Optional<Znode>> epoch;
    private final Observation<List<BrokerRegistration>> brokers;
    private final Observation<List<String>> deletions;
    private final Observation<Optional<SortedMap<PartitionId, Replicas>>> reassignments;
    private final KafkaMetricsGroup metrics = new KafkaMetricsGroup("kafka.controller", "KafkaController");

    private Consumer<StoreEvent> listener = event -> {};
    private boolean closed;
    private List<BrokerRegistration> lastBrokers = List.of();
    private List<String> lastDeletions = List.of();
    private Optional<SortedMap<PartitionId, Replicas>> lastReassignments = Optional.empty();
    private OptionalInt lastOwner = OptionalInt.empty();
    private int epochVersion = -1;
    /** The reign that this session has won and not given up; its writes go through here. */
    private Committer committer;
    /** What the reign has loaded, until what is observed anyway is current too. */
    private ClusterLoader.Topics loaded;

    private boolean loadAgain;

    /**
     * @param idIsOurs whether this session holds the registration of the broker id; asked on the session's thread
     */
    public ZkStore(ZkSession session, int brokerId, BooleanSupplier idIsOurs) {
        this.session = session;
        int maxInFlight = session.settings().maxInFlight();
        this.election = new Election(brokerId, session, idIsOurs, badZnodes, new Outcome());
        this.loader = new ClusterLoader(badZnodes, maxInFlight);
        BrokersReader brokersReader = new BrokersReader(badZnodes);
        this.controller = new Observation<>(
                ControllerZnode.PATH, session, handle -> handle.read(ControllerZnode.PATH), this::controllerRead);
        this.epoch = new Observation<>(
                ControllerEpochZnode.PATH, session, handle -> handle.read(ControllerEpochZnode.PATH), this::epochRead);
        this.brokers = new Observation<>(BrokerZnode.PARENT, session, brokersReader::read, this::brokersRead);
        this.deletions = new Observation<>(
                DeleteTopicsZnode.PARENT,
                session,
                handle -> handle.children(DeleteTopicsZnode.PARENT),
                this::deletionsRead);
        ReassignmentsReader reassignmentsReader = new ReassignmentsReader(badZnodes);
        this.reassignments = new Observation<>(
                ReassignPartitionsZnode.PATH, session, reassignmentsReader::read, this::reassignmentsRead);
    }

    @Override
    public void start(Consumer<StoreEvent> newListener) {
        metrics.newGauge(UNREADABLE_METRIC, badZnodes::count);
        session.thread().execute(() -> {
            listener = newListener;
            session.addListener(this);
            session.handle().ifPresent(this::began);
        });
    }

    @Override
    public void contest() {
        session.thread().execute(() -> {
            if (!closed) {
                election.contest();
            }
        });
    }

    @Override
    public void commit(Reign reign, long ticket, List<Write> writes) {
        session.thread().execute(() -> {
            if (rules(reign)) {
                committer.commit(ticket, writes);
            } else {
                tell(new StoreEvent.CommitFailed(reign, ticket, "the reign is over"));
            }
        });
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
        session.thread().execute(() -> {
            if (epochVersion < 0
                    || !controller.isCurrent()
                    || !epoch.isCurrent()
                    || !lastOwner.equals(OptionalInt.of(controllerId))) {
                return;
            }
            remove(List.of(Op.check(ControllerEpochZnode.PATH, epochVersion), Op.delete(ControllerZnode.PATH, -1)));
        });
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
        session.thread().execute(() -> {
            closed = true;
            election.abandon();
            session.removeListener(this);
        });
    }

    @Override
    public void began(ZkHandle handle) {
        watchAll(handle);
        tell(new StoreEvent.SessionBegan());
    }

    @Override
    public void reconnected(ZkHandle handle) {
        // Persistent watches are set again by the client, but what they missed meanwhile is not told.
        watchAll(handle);
        election.reconnected();
        if (loadAgain) {
            load(handle);
        }
    }

    @Override
    public void expired() {
        election.abandon();
        forgetReign();
        tell(new StoreEvent.SessionExpired());
    }

    private void forgetReign() {
        if (committer != null) {
            committer.stop("the reign is over");
        }
        committer = null;
        loaded = null;
        loadAgain = false;
    }

    private boolean rules(Reign reign) {
        return committer != null && committer.reign().equals(reign);
    }

    private void tell(StoreEvent event) {
        if (!closed) {
            listener.accept(event);
        }
    }

    private void watchAll(ZkHandle handle) {
        watch(handle, ControllerZnode.PATH, AddWatchMode.PERSISTENT, controller);
        watch(handle, ControllerEpochZnode.PATH, AddWatchMode.PERSISTENT, epoch);
        watch(handle, BrokerZnode.PARENT, AddWatchMode.PERSISTENT_RECURSIVE, brokers);
        watch(handle, DeleteTopicsZnode.PARENT, AddWatchMode.PERSISTENT, deletions);
        watch(handle, ReassignPartitionsZnode.PATH, AddWatchMode.PERSISTENT, reassignments);
    }

    private void watch(ZkHandle handle, String path, AddWatchMode mode, Observation<?> observation) {
        Calls.then(
                handle.watch(path, mode, event -> {
                    if (event.getType() != EventType.None) {
                        session.thread().execute(observation::stale);
                    }
                }),
                watched -> {},
                failure -> watchFailed(handle, path, mode, observation, failure));
        observation.stale();
    }

    private void watchFailed(
            ZkHandle handle, String path, AddWatchMode mode, Observation<?> observation, ZkFailure failure) {
        if (failure.is(Code.UNIMPLEMENTED)) {
            LOG.error("ZooKeeper cannot watch {}: version 3.6 or newer is needed", path);
        } else if (!failure.fateUnknown() && !closed) {
            LOG.error("{} cannot be watched, which is tried again: {}", path, failure.getMessage());
            session.thread()
                    .schedule(
                            Observation.RETRY_MS,
                            () -> session.handle()
                                    .filter(now -> now == handle)
                                    .ifPresent(now -> watch(now, path, mode, observation)));
        }
    }

    private void controllerRead(Optional<Znode> znode) {
        if (znode.isEmpty()) {
            badZnodes.mended(ControllerZnode.PATH);
        }
        OptionalInt owner = znode.map(election::owner).orElse(OptionalInt.empty());
        lastOwner = owner;
        boolean ours = znode.isPresent()
                && session.handle()
                        .filter(handle -> handle.sessionId() == znode.get().owner())
                        .isPresent();
        tell(new StoreEvent.ControllerObserved(znode.isPresent(), owner, ours));
    }

    private void epochRead(Optional<Znode> znode) {
        if (znode.isEmpty()) {
            return;
        }
        try {
            int observed = ControllerEpochZnode.decode(znode.get().data());
            badZnodes.mended(ControllerEpochZnode.PATH);
            epochVersion = znode.get().version();
            tell(new StoreEvent.EpochObserved(observed));
        } catch (BadZnodeException e) {
            badZnodes.report(e);
        }
    }

    private void brokersRead(List<BrokerRegistration> read) {
        lastBrokers = read;
        tell(new StoreEvent.BrokersObserved(read));
        composeIfCurrent();
    }

    private void deletionsRead(List<String> read) {
        lastDeletions = read;
        tell(new StoreEvent.DeletionsObserved(Set.copyOf(read)));
        composeIfCurrent();
    }

    private void reassignmentsRead(Optional<SortedMap<PartitionId, Replicas>> read) {
        lastReassignments = read;
        tell(new StoreEvent.ReassignmentsObserved(read));
        composeIfCurrent();
    }

    private final class Outcome implements Election.Outcome {
        @Override
        public void won(Reign reign) {
            if (closed) {
                return;
            }
            badZnodes.mended(ControllerEpochZnode.PATH);
            session.handle().ifPresent(handle -> {
                committer = new Committer(handle, reign, session.settings().maxInFlight(), ZkStore.this::tell);
                tell(new StoreEvent.Elected(reign));
                load(handle);
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

    private void load(ZkHandle handle) {
        Committer reigning = committer;
        loadAgain = false;
        Calls.then(
                loader.load(handle),
                topics -> {
                    if (committer == reigning) {
                        loaded = topics;
                        composeIfCurrent();
                    }
                },
                failure -> {
                    if (committer == reigning) {
                        loadFailed(handle, failure);
                    }
                });
    }

    private void loadFailed(ZkHandle handle, ZkFailure failure) {
        if (!failure.fateUnknown()) {
            tell(new StoreEvent.ContestFailed("the cluster could not be loaded: " + failure.getMessage()));
        } else if (session.isConnected()) {
            load(handle);
        } else {
            loadAgain = true;
        }
    }

    /** The brokers, deletions and reassignments of the image are those observed last, so that no older observation follows it. */
    private void composeIfCurrent() {
        if (loaded == null || committer == null) {
            return;
        }
        if (!brokers.isCurrent() || !deletions.isCurrent() || !reassignments.isCurrent()) {
            return;
        }
        ClusterLoader.Topics topics = loaded;
        loaded = null;
        ClusterImage image = ClusterImage.of(lastBrokers, topics.topics(), Set.copyOf(lastDeletions))
                .edit()
                .setReassignmentOrders(lastReassignments)
                .image();
        List<String> unreadable = new ArrayList<>();
        for (BadZnodeException bad : topics.unreadable()) {
            unreadable.add(bad.getMessage());
            watchUnreadable(bad.path());
        }
        tell(new StoreEvent.Loaded(committer.reign(), image, unreadable));
    }

    /** Any change of it may have mended it; whether it did, the next loading shows. */
    private void watchUnreadable(String path) {
        Committer reigning = committer;
        session.handle()
                .ifPresent(handle -> Calls.then(
                        handle.watch(path, AddWatchMode.PERSISTENT, event -> {
                            if (event.getType() != EventType.None) {
                                session.thread().execute(() -> changed(path, reigning));
                            }
                        }),
                        watched -> {},
                        failure -> LOG.warn("{} cannot be watched: {}", path, failure.getMessage())));
    }

    private void changed(String path, Committer reigning) {
        if (committer == reigning && reigning != null) {
            tell(new StoreEvent.ImageStale("znode " + path + ", which nobody could read, has changed"));
        }
    }
}
