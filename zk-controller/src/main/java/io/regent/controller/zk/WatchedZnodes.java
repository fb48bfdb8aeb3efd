package io.regent.controller.zk;

import io.regent.controller.Event;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.FinalizedFeatures;
import io.regent.metadata.ImageEditor;
import io.regent.metadata.PartitionId;
import io.regent.metadata.ProducerIdBlock;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicDeletion;
import io.regent.metadata.ZnodeCopy;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.ControllerZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.FeatureZnode;
import io.regent.metadata.znode.IsrChangeZnode;
import io.regent.metadata.znode.LogDirEventZnode;
import io.regent.metadata.znode.PreferredElectionZnode;
import io.regent.metadata.znode.ProducerIdBlockZnode;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import io.regent.metadata.znode.RegentNodeZnodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.zookeeper.AddWatchMode;

/**
 * What the controller watches besides the topics: who rules, which brokers live, what tools have ordered. Each change is
 * told as a {@link StoreEvent}, and what was read last goes into the image of a new reign. Session's thread only.
 */
final class WatchedZnodes {

    private final ZkSession session;
    private final BadZnodes badZnodes;
    private final Function<Znode, OptionalInt> ownerOf;
    private final Consumer<StoreEvent> teller;
    private final Runnable onFact;
    private final List<WatchedZnode<?>> all = new ArrayList<>();
    private final List<WatchedZnode<?>> facts = new ArrayList<>();
    private final List<WatchedZnode<Optional<Event>>> errands = new ArrayList<>();

    private final WatchedZnode<Optional<Znode>> controller;
    private final WatchedZnode<Optional<Znode>> epoch;
    private final WatchedZnode<List<BrokerRegistration>> brokers;
    private final WatchedZnode<List<String>> deletions;
    private final WatchedZnode<Optional<SortedMap<PartitionId, Replicas>>> reassignments;
    private final WatchedZnode<Map<String, String>> brokerConfig;
    private final WatchedZnode<ZnodeCopy<ProducerIdBlock>> producerIds;
    private final WatchedZnode<ZnodeCopy<FinalizedFeatures>> features;

    /**
     * @param brokerId this node, whose configuration matters
     * @param ownerOf the broker that a {@code /controller} names
     * @param teller is told what is seen
     * @param onFact is run after each reading of something that belongs into the image, when it was told
     */
    WatchedZnodes(
            ZkSession session,
            int brokerId,
            BadZnodes badZnodes,
            Function<Znode, OptionalInt> ownerOf,
            Consumer<StoreEvent> teller,
            Runnable onFact) {
        this.session = session;
        this.badZnodes = badZnodes;
        this.ownerOf = ownerOf;
        this.teller = teller;
        this.onFact = onFact;
        controller = added(new WatchedZnode<>(
                ControllerZnode.PATH,
                AddWatchMode.PERSISTENT,
                session,
                Optional.empty(),
                handle -> handle.read(ControllerZnode.PATH),
                this::controllerRead));
        epoch = added(new WatchedZnode<>(
                ControllerEpochZnode.PATH,
                AddWatchMode.PERSISTENT,
                session,
                Optional.empty(),
                handle -> handle.read(ControllerEpochZnode.PATH),
                this::epochRead));
        ZnodeReader reader = new ZnodeReader(badZnodes);
        DutyReaders duties = new DutyReaders(reader, brokerId);
        brokers = fact(
                BrokerZnode.PARENT,
                AddWatchMode.PERSISTENT_RECURSIVE,
                List.of(),
                handle -> duties.registrations(handle, BrokerZnode.PARENT),
                StoreEvent.BrokersObserved::new);
        added(new WatchedZnode<>(
                RegentNodeZnodes.CONTROLLERS,
                AddWatchMode.PERSISTENT_RECURSIVE,
                session,
                List.of(),
                handle -> duties.registrations(handle, RegentNodeZnodes.CONTROLLERS),
                controllers -> teller.accept(new StoreEvent.ControllersObserved(controllers))));
        added(new WatchedZnode<>(
                RegentNodeZnodes.PREFERRED,
                AddWatchMode.PERSISTENT,
                session,
                List.of(),
                handle -> handle.children(RegentNodeZnodes.PREFERRED),
                marks -> teller.accept(new StoreEvent.PreferredObserved(RegentNodeZnodes.ids(marks)))));
        deletions = fact(
                DeleteTopicsZnode.PARENT,
                AddWatchMode.PERSISTENT,
                List.of(),
                handle -> handle.children(DeleteTopicsZnode.PARENT),
                topics -> new StoreEvent.Observed(new Event.DeletionsObserved(Set.copyOf(topics))));
        reassignments = fact(
                ReassignPartitionsZnode.PATH,
                AddWatchMode.PERSISTENT,
                Optional.empty(),
                handle -> reader.read(
                                handle,
                                ReassignPartitionsZnode.PATH,
                                znode -> ReassignPartitionsZnode.decode(znode.data()))
                        .thenApply(found -> found.map(ZnodeReader.Found::content)),
                targets -> new StoreEvent.Observed(new Event.ReassignmentsObserved(targets)));
        brokerConfig = fact(
                ConfigZnode.EntityType.BROKERS.parent(),
                AddWatchMode.PERSISTENT_RECURSIVE,
                Map.of(),
                duties::brokerConfig,
                config -> new StoreEvent.Observed(new Event.BrokerConfigObserved(config)));
        producerIds = fact(
                ProducerIdBlockZnode.PATH,
                AddWatchMode.PERSISTENT,
                ZnodeCopy.absent(),
                handle -> reader.readCopy(
                        handle, ProducerIdBlockZnode.PATH, znode -> ProducerIdBlockZnode.decode(znode.data())),
                ids -> new StoreEvent.Observed(new Event.ProducerIdsObserved(ids)));
        features = fact(
                FeatureZnode.PATH,
                AddWatchMode.PERSISTENT,
                ZnodeCopy.absent(),
                handle -> reader.readCopy(handle, FeatureZnode.PATH, znode -> FeatureZnode.decode(znode.data())),
                found -> new StoreEvent.Observed(new Event.FeaturesObserved(found)));
        errand(PreferredElectionZnode.PATH, duties::preferredElections);
        errand(IsrChangeZnode.PARENT, duties::isrChanges);
        errand(LogDirEventZnode.PARENT, duties::logDirEvents);
    }

    /** Something that a reign must know from its first step on. */
    private <T> WatchedZnode<T> fact(
            String path,
            AddWatchMode mode,
            T atFirst,
            Function<ZkHandle, CompletableFuture<T>> reader,
            Function<T, StoreEvent> event) {
        WatchedZnode<T> fact = added(new WatchedZnode<>(path, mode, session, atFirst, reader, read -> {
            teller.accept(event.apply(read));
            onFact.run();
        }));
        facts.add(fact);
        return fact;
    }

    /** Something that whoever rules does and then takes away: a new reign is told what stands. */
    private void errand(String path, Function<ZkHandle, CompletableFuture<Optional<Event>>> reader) {
        errands.add(added(new WatchedZnode<>(
                path, AddWatchMode.PERSISTENT, session, Optional.empty(), reader, this::tellErrand)));
    }

    private void tellErrand(Optional<Event> errand) {
        errand.ifPresent(event -> teller.accept(new StoreEvent.Observed(event)));
    }

    /** Tells what stands and nobody has done; for a reign that begins to decide. */
    void tellErrands() {
        errands.forEach(errand -> tellErrand(errand.last()));
    }

    private <T> WatchedZnode<T> added(WatchedZnode<T> watched) {
        all.add(watched);
        return watched;
    }

    /** Watches and reads all of it in this session; also after a reconnect. */
    void watch(ZkHandle handle) {
        all.forEach(watched -> watched.watch(handle));
    }

    void stop() {
        all.forEach(WatchedZnode::stop);
    }

    /** Whether no change is known that has not been read. */
    boolean factsAreCurrent() {
        return facts.stream().allMatch(WatchedZnode::isCurrent);
    }

    /** The image of these topics and of what was read last, so that no older observation follows it. */
    ClusterImage addTo(ClusterImage topics) {
        ImageEditor editor = topics.edit();
        brokers.last().forEach(editor::putBroker);
        deletions.last().forEach(name -> editor.putDeletion(name, TopicDeletion.ASKED));
        return editor.setReassignmentOrders(reassignments.last())
                .setBrokerConfig(brokerConfig.last())
                .setProducerIds(producerIds.last())
                .setFeatures(features.last())
                .image();
    }

    /** A controller's hold on the cluster, as it was read last: {@code /controller} and {@code /controller_epoch}. */
    record SeenReign(Znode controller, Znode epoch) {}

    /** The reign of this broker, if it is seen to hold {@code /controller} and no change of it is known that was not read. */
    Optional<SeenReign> reignOf(int controllerId) {
        boolean known =
                controller.isCurrent() && epoch.isCurrent() && epoch.last().isPresent();
        return controller
                .last()
                .filter(znode -> known && ownerOf.apply(znode).equals(OptionalInt.of(controllerId)))
                .map(znode -> new SeenReign(znode, epoch.last().orElseThrow()));
    }

    private void controllerRead(Optional<Znode> znode) {
        if (znode.isEmpty()) {
            badZnodes.mended(ControllerZnode.PATH);
        }
        OptionalInt owner = znode.map(ownerOf).orElse(OptionalInt.empty());
        boolean ours = znode.isPresent()
                && session.handle()
                        .filter(handle -> handle.sessionId() == znode.get().owner())
                        .isPresent();
        teller.accept(new StoreEvent.ControllerObserved(znode.isPresent(), owner, ours));
    }

    private void epochRead(Optional<Znode> znode) {
        if (znode.isEmpty()) {
            return;
        }
        try {
            int observed = ControllerEpochZnode.decode(znode.get().data());
            badZnodes.mended(ControllerEpochZnode.PATH);
            teller.accept(new StoreEvent.EpochObserved(observed));
        } catch (BadZnodeException e) {
            badZnodes.report(e);
        }
    }
}
