package io.regent.broker;

import io.regent.broker.api.LocalController;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.controller.Answer;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Event;
import io.regent.controller.detect.SocketPeerWatch;
import io.regent.controller.link.BrokerChannels;
import io.regent.controller.link.LinkSettings;
import io.regent.controller.link.Rehearsal;
import io.regent.controller.link.Understudy;
import io.regent.controller.loop.Candidacy;
import io.regent.controller.loop.ControllerNode;
import io.regent.controller.loop.NodeSettings;
import io.regent.controller.loop.PeerWatch;
import io.regent.controller.zk.RehearsedCommit;
import io.regent.controller.zk.ZkSession;
import io.regent.controller.zk.ZkStore;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.FinalizedFeatures;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * The controller as this broker sees it: the one of its own, and where the ruling one is.
 *
 * <p>Any thread may call it; no call waits.
 */
final class ControllerSeat implements LocalController, AutoCloseable {
    private final ControllerNode node;
    private final Optional<Understudy> understudy;
    private final MetadataCache metadata;
    private final Node self;
    private final ListenerName interBroker;

    /**
     * @param understudy rehearses what the node does when it takes over; empty where it never will
     * @param self this broker on the inter-broker listener, which it knows before the controller has announced it
     */
    ControllerSeat(
            ControllerNode node,
            Optional<Understudy> understudy,
            MetadataCache metadata,
            Node self,
            ListenerName interBroker) {
        this.node = node;
        this.understudy = understudy;
        this.metadata = metadata;
        this.self = self;
        this.interBroker = interBroker;
    }

    /**
     * The seat over this node's ZooKeeper session; it reads the topics, and does not contest yet.
     *
     * @param registration this node, as it will announce itself
     */
    static ControllerSeat make(
            BrokerConfig config,
            ZkSession session,
            Presence presence,
            MetadataCache metadata,
            BrokerRegistration registration) {
        ListenerName interBroker = config.interBrokerListenerName();
        Node self = node(registration, interBroker);
        ControllerSettings rule = new ControllerSettings(
                config.uncleanLeaderElectionEnable(),
                config.numPartitions(),
                (short) config.defaultReplicationFactor(),
                config.deleteTopicEnable(),
                config.leaderImbalancePerBrokerPercentage(),
                features(MetadataVersion.fromVersionString(config.interBrokerProtocolVersion())));
        NodeSettings settings = new NodeSettings(
                self.id(),
                candidacy(config),
                !config.hasBrokerRole(),
                rule,
                config.autoLeaderRebalanceEnable(),
                TimeUnit.SECONDS.toMillis(config.leaderImbalanceCheckIntervalSeconds()));
        LinkSettings link = new LinkSettings(
                self.id(),
                interBroker.value(),
                config.controllerSocketTimeoutMs(),
                config.getInt(SocketServerConfigs.SOCKET_REQUEST_MAX_BYTES_CONFIG),
                config.hasBrokerRole() ? Optional.empty() : Optional.of(registration));
        ZkStore store = new ZkStore(session, self.id(), presence::isHeld);
        store.prepare();
        ControllerNode node = new ControllerNode(settings, store, new BrokerChannels(link), peerWatch(config, self));
        Optional<Understudy> understudy = config.hasControllerRole()
                ? Optional.of(new Understudy(
                        new Rehearsal(rule, link, RehearsedCommit::write),
                        () -> !node.isActive() && node.controllerId().isPresent() && !node.hasSuspects(),
                        store::heldPartitions))
                : Optional.empty();
        return new ControllerSeat(node, understudy, metadata, self, interBroker);
    }

    /** As Kafka's brokers of this version set {@code /feature} up; below 2.7 they know nothing of features. */
    private static FinalizedFeatures features(MetadataVersion version) {
        int format = version.isAtLeast(MetadataVersion.IBP_3_3_IV0)
                ? FinalizedFeatures.CURRENT_FORMAT
                : FinalizedFeatures.FIRST_FORMAT;
        return FinalizedFeatures.none(format, version.isFeatureVersioningSupported());
    }

    private static Node node(BrokerRegistration registration, ListenerName listener) {
        return registration
                .endpoint(listener.value())
                .map(own -> new Node(
                        registration.id(),
                        own.host(),
                        own.port(),
                        registration.rack().orElse(null)))
                .orElseThrow(() -> new StartupException(
                        "the inter-broker listener " + listener.value() + " is not among the advertised listeners"));
    }

    private static Candidacy candidacy(BrokerConfig config) {
        if (!config.hasControllerRole()) {
            return Candidacy.NEVER;
        }
        return config.controllerPreferred() ? Candidacy.PREFERRED : Candidacy.ORDINARY;
    }

    private static PeerWatch peerWatch(BrokerConfig config, Node self) {
        return config.failureDetectionByConnection()
                ? new SocketPeerWatch(
                        self.id(), config.interBrokerListenerName().value(), config.heartbeatTimeoutMs())
                : PeerWatch.NONE;
    }

    /** Begins to contest for the reign. */
    void contest() {
        node.start();
        understudy.ifPresent(Understudy::start);
    }

    /** Resigns, if this node rules. */
    @Override
    public void close() {
        understudy.ifPresent(Understudy::close);
        node.close();
    }

    /** The epoch that {@code /controller_epoch} was seen to hold. */
    int knownEpoch() {
        return node.knownControllerEpoch();
    }

    @Override
    public boolean isActive() {
        return node.isActive();
    }

    @Override
    public OptionalInt controllerId() {
        return node.controllerId();
    }

    @Override
    public boolean isSuspect(int brokerId) {
        return node.isSuspect(brokerId);
    }

    @Override
    public CompletableFuture<Answer> ask(Event.Ask ask) {
        return node.ask(ask).exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return CompletableFuture.failedFuture(
                    cause instanceof io.regent.controller.loop.NotControllerException
                            ? new NotControllerException(cause.getMessage())
                            : cause);
        });
    }

    /** Where the ruling controller is reached; empty while nobody rules, or the ruler is not known here. */
    Optional<Node> ruler() {
        MetadataSnapshot now = metadata.current();
        OptionalInt holder = node.controllerId();
        OptionalInt id = holder.isPresent() ? holder : now.controllerId();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        return id.getAsInt() == self.id() ? Optional.of(self) : now.node(id.getAsInt(), interBroker);
    }
}
