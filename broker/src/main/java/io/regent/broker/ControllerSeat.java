package io.regent.broker;

import io.regent.broker.api.LocalController;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.controller.Answer;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Event;
import io.regent.controller.detect.SocketPeerWatch;
import io.regent.controller.link.LinkSettings;
import io.regent.controller.link.NettyBrokerLink;
import io.regent.controller.loop.ControllerNode;
import io.regent.controller.loop.NodeSettings;
import io.regent.controller.loop.PeerWatch;
import io.regent.controller.zk.BrokerRegistrar;
import io.regent.controller.zk.ZkSession;
import io.regent.controller.zk.ZkStore;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.network.SocketServerConfigs;

/**
 * The controller as this broker sees it: the one of its own, and where the ruling one is.
 *
 * <p>Any thread may call it; no call waits.
 */
final class ControllerSeat implements LocalController, AutoCloseable {
    private final ControllerNode node;
    private final MetadataCache metadata;
    private final Node self;
    private final ListenerName interBroker;

    /** @param self this broker on the inter-broker listener, which it knows before the controller has announced it */
    ControllerSeat(ControllerNode node, MetadataCache metadata, Node self, ListenerName interBroker) {
        this.node = node;
        this.metadata = metadata;
        this.self = self;
        this.interBroker = interBroker;
    }

    /** The seat over this node's ZooKeeper session; it does not contest yet. */
    static ControllerSeat make(
            BrokerConfig config, ZkSession session, BrokerRegistrar registrar, MetadataCache metadata, Node self) {
        ControllerSettings rule = new ControllerSettings(
                config.uncleanLeaderElectionEnable(),
                config.numPartitions(),
                (short) config.defaultReplicationFactor(),
                config.deleteTopicEnable(),
                config.leaderImbalancePerBrokerPercentage());
        NodeSettings settings = new NodeSettings(
                self.id(),
                rule,
                config.autoLeaderRebalanceEnable(),
                TimeUnit.SECONDS.toMillis(config.leaderImbalanceCheckIntervalSeconds()));
        ListenerName interBroker = config.interBrokerListenerName();
        NettyBrokerLink link = new NettyBrokerLink(new LinkSettings(
                self.id(),
                interBroker.value(),
                config.controllerSocketTimeoutMs(),
                config.getInt(SocketServerConfigs.SOCKET_REQUEST_MAX_BYTES_CONFIG)));
        ControllerNode node = new ControllerNode(
                settings, new ZkStore(session, self.id(), registrar::isHeld), link, peerWatch(config, self));
        return new ControllerSeat(node, metadata, self, interBroker);
    }

    private static PeerWatch peerWatch(BrokerConfig config, Node self) {
        return config.failureDetectionByConnection()
                ? new SocketPeerWatch(
                        self.id(), config.interBrokerListenerName().value())
                : PeerWatch.NONE;
    }

    /** Begins to contest for the reign. */
    void contest() {
        node.start();
    }

    /** Resigns, if this node rules. */
    @Override
    public void close() {
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
