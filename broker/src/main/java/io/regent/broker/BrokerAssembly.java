package io.regent.broker;

import io.regent.broker.api.BrokerApis;
import io.regent.broker.group.GroupSeat;
import io.regent.broker.group.ReplicaGroupPartitions;
import io.regent.broker.log.LogManager;
import io.regent.broker.log.LogManagerSettings;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.network.RequestServer;
import io.regent.broker.replica.AlterPartitionSender;
import io.regent.broker.replica.ControllerChannel;
import io.regent.broker.replica.ControllerEpochGuard;
import io.regent.broker.replica.ReplicaManager;
import io.regent.broker.replica.ReplicaSettings;
import io.regent.controller.zk.BrokerRegistrar;
import io.regent.controller.zk.ConfigChanges;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.znode.BrokerZnode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.replica.ReplicaSelector;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.BrokerState;
import org.apache.kafka.server.config.ReplicationConfigs;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.apache.kafka.server.util.KafkaScheduler;

/**
 * Puts a broker together, part by part, and starts it.
 *
 * <p>Used once, by the thread that starts the broker. What waits for ZooKeeper runs beside what waits for disks. Every
 * part is put on the stack as it starts, so that a start that fails leaves nothing behind.
 */
final class BrokerAssembly {
    private final BrokerConfig config;
    private final PartStack parts;
    private final MetadataCache metadata = new MetadataCache();

    private RequestServer server;
    private AutoCloseable serverEnd;
    private KafkaScheduler scheduler;
    private LogManager logs;
    private ClusterAccess cluster;
    private int brokerId;
    private List<Endpoint> endpoints;
    private BrokerRegistrar registrar;
    private ControllerSeat controller;
    private AutoCloseable controllerEnd;
    private ControllerChannel controllerChannel;
    private TopicConfigFeed topicConfigs;
    private ReplicaManager replicas;
    private GroupSeat groups;
    private BrokerMetrics metrics;

    BrokerAssembly(BrokerConfig config, PartStack parts) {
        this.config = config;
        this.parts = parts;
    }

    /** Starts everything; returns when the broker is registered and serves. */
    void start() {
        CompletableFuture<ClusterAccess> access = reachCluster();
        bindListeners();
        lockLogDirs();
        cluster = ClusterAccess.wait(access);
        identify();
        seatController();
        openChannelToController();
        openReplicas();
        seatGroups();
        registerAndServe();
    }

    private CompletableFuture<ClusterAccess> reachCluster() {
        CompletableFuture<ClusterAccess> access = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("startup-zookeeper").start(() -> {
            try {
                access.complete(ClusterAccess.open(config));
            } catch (RuntimeException | Error e) {
                access.completeExceptionally(e);
            }
        });
        parts.push("ZooKeeper session", () -> {
            var unused = access.thenAccept(opened -> opened.session().close());
        });
        return access;
    }

    /** Before anything tells others of this broker: whoever registers holds its ports. */
    private void bindListeners() {
        server = new RequestServer(config);
        serverEnd = PartStack.once(server);
        parts.push("listeners", serverEnd);
        server.bind();
    }

    private void lockLogDirs() {
        scheduler = new KafkaScheduler(config.getInt(ServerConfigs.BACKGROUND_THREADS_CONFIG));
        scheduler.startup();
        parts.push("scheduler", scheduler::shutdown);
        RefusedRecords refused = new RefusedRecords();
        parts.push("metrics of refused records", refused);
        logs = new LogManager(LogManagerSettings.from(config), Time.SYSTEM, scheduler, refused);
        parts.push("logs", logs);
    }

    private void identify() {
        brokerId = BrokerIdentity.decide(config, cluster.znodes());
        logs.claim(brokerId, cluster.clusterId());
        endpoints = AdvertisedEndpoints.of(config, server::boundPort);
        metrics = new BrokerMetrics(cluster.clusterId(), cluster.session()::stateName);
        parts.push("metrics of the broker", metrics);
        // A broker that registers anew needs nothing else done: the controller tells it everything again.
        registrar = new BrokerRegistrar(cluster.session(), epoch -> {});
    }

    private void seatController() {
        controller = ControllerSeat.make(config, cluster.session(), registrar, metadata, ownNode());
        controllerEnd = PartStack.once(controller);
        parts.push("controller's seat", controllerEnd);
    }

    private Node ownNode() {
        String listener = config.interBrokerListenerName().value();
        Endpoint own = endpoints.stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst()
                .orElseThrow(() -> new StartupException(
                        "the inter-broker listener " + listener + " is not among the advertised listeners"));
        return new Node(brokerId, own.host(), own.port(), config.rack().orElse(null));
    }

    private void openChannelToController() {
        controllerChannel = newChannel("to-controller");
    }

    private ControllerChannel newChannel(String name) {
        ControllerChannel channel = new ControllerChannel(
                "broker-" + brokerId + "-" + name,
                config.interBrokerListenerName(),
                controller::ruler,
                config.controllerSocketTimeoutMs(),
                Time.SYSTEM);
        channel.start();
        parts.push("channel " + name, channel);
        metadata.addListener((now, deleted) -> channel.controllerChanged());
        return channel;
    }

    private void openReplicas() {
        topicConfigs = new TopicConfigFeed(cluster.znodes(), logs);
        ExecutorService epochChecks = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("controller-epoch-checks").factory());
        parts.push("checks of controller epochs", epochChecks::shutdownNow);
        AlterPartitionSender isrChanges =
                new AlterPartitionSender(brokerId, registrar::epoch, newChannel("isr-changes"));
        replicas = new ReplicaManager(
                ReplicaSettings.of(config, brokerId),
                new ReplicaManager.Environment(
                        Time.SYSTEM, logs, metadata, isrChanges, registrar::epoch, scheduler, replicaSelector()),
                new ControllerEpochGuard(controller::knownEpoch, cluster.znodes()::controllerEpoch, epochChecks));
        metrics.become(BrokerState.RECOVERY);
        Map<String, Map<String, String>> atStart = cluster.topicConfigs();
        logs.startup(
                topic -> TopicConfigFeed.properties(atStart.getOrDefault(topic, Map.of())),
                replicas.logDirFailureListener());
        logs.setTopicOverrides(topicConfigs::forNewLog);
        replicas.startup();
        parts.push("replicas", replicas);
        new ConfigChanges(cluster.session(), topicConfigs::changed).start();
        var unused = scheduler.schedule(
                "missing-topic-configs",
                topicConfigs::retryMissing,
                TopicConfigFeed.RETRY_MS,
                TopicConfigFeed.RETRY_MS);
    }

    private Optional<ReplicaSelector> replicaSelector() {
        return Optional.ofNullable(
                config.getConfiguredInstance(ReplicationConfigs.REPLICA_SELECTOR_CLASS_CONFIG, ReplicaSelector.class));
    }

    private void seatGroups() {
        Metrics groupMetrics = new Metrics(
                new MetricConfig(), List.of(new JmxReporter()), Time.SYSTEM, new KafkaMetricsContext("kafka.server"));
        parts.push("metrics of groups", groupMetrics);
        groups = new GroupSeat(
                brokerId,
                config,
                new ReplicaGroupPartitions(replicas),
                groupMetrics,
                KafkaYammerMetrics.defaultRegistry());
        parts.push("group coordinator", groups);
        groups.start(cluster::groupPartitions);
        replicas.addLeadershipListener(groups);
        metadata.addListener((now, deleted) -> groups.onPartitionsDeleted(List.copyOf(deleted)));
    }

    private void registerAndServe() {
        BrokerApis apis = new BrokerApis(
                config,
                new BrokerApis.Identity(brokerId, cluster.clusterId()),
                new BrokerApis.Storage(logs, replicas, groups, metadata),
                controller,
                new RemoteCluster(
                        brokerId, cluster.znodes(), controllerChannel, topicConfigs, config.requestTimeoutMs()));
        parts.push("fetch sessions", apis);
        // Requests end before what they need, and the reign before all, so that another broker takes it over at once.
        parts.push("requests", serverEnd);
        parts.push("controller", controllerEnd);
        // Requests of the controller name the epoch of the life they are meant for, so it must be known by then.
        ClusterAccess.wait(registrar.register(registration()));
        controller.contest();
        server.serve(apis.router());
        metrics.become(BrokerState.RUNNING);
    }

    private BrokerRegistration registration() {
        return new BrokerRegistration(
                brokerId,
                -1,
                endpoints,
                config.rack(),
                Integer.getInteger("com.sun.management.jmxremote.port", -1),
                Map.of(),
                System.currentTimeMillis(),
                BrokerZnode.CURRENT_VERSION);
    }

    int brokerId() {
        return brokerId;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    BrokerMetrics metrics() {
        return metrics;
    }

    ControlledShutdown controlledShutdown() {
        return new ControlledShutdown(brokerId, config, registrar::epoch, controllerChannel, cluster::isConnected);
    }
}
