package io.regent.broker;

import io.regent.broker.api.BrokerApis;
import io.regent.broker.api.WhileRuling;
import io.regent.broker.config.ConfigStore;
import io.regent.broker.config.DynamicConfig;
import io.regent.broker.group.GroupSeat;
import io.regent.broker.group.ReplicaGroupPartitions;
import io.regent.broker.log.LogManager;
import io.regent.broker.log.LogManagerSettings;
import io.regent.broker.metadata.FirstTelling;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.network.RequestServer;
import io.regent.broker.quota.ClientQuotas;
import io.regent.broker.replica.AlterPartitionSender;
import io.regent.broker.replica.ControllerChannel;
import io.regent.broker.replica.ControllerEpochGuard;
import io.regent.broker.replica.ReplicaManager;
import io.regent.broker.replica.ReplicaSettings;
import io.regent.controller.zk.ConfigChanges;
import io.regent.controller.zk.EntityConfigs;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ConfigZnode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.replica.ReplicaSelector;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.BrokerState;
import org.apache.kafka.server.config.QuotaConfigs;
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
    /** How often configuration that could not be read is asked for again. */
    private static final long CONFIG_RETRY_MS = 5_000;

    private final BrokerConfig config;
    private final PartStack parts;
    private final MetadataCache metadata;

    private RequestServer server;
    private AutoCloseable serverEnd;
    private KafkaScheduler scheduler;
    private LogManager logs;
    /** One for all parts, as each instance registers a bean that counts its metrics, under the same name. */
    private Metrics sensors;

    private ClusterAccess cluster;
    private int brokerId;
    private BrokerRegistration registration;
    private Presence presence;
    private ControllerSeat controller;
    private AutoCloseable controllerEnd;
    private ControllerChannel controllerChannel;
    private DynamicConfig dynamicConfig;
    private ConfigStore configStore;
    private ClientQuotaFeed clientQuotas;
    private ReplicaManager replicas;
    private GroupSeat groups;
    private BrokerMetrics metrics;

    BrokerAssembly(BrokerConfig config, PartStack parts) {
        this.config = config;
        this.parts = parts;
        this.metadata = config.hasBrokerRole() ? new MetadataCache() : MetadataCache.ofOneReign();
    }

    /** Starts everything; returns when the broker is registered and serves. */
    void start() {
        CompletableFuture<ClusterAccess> access = reachCluster();
        bindListeners();
        lockLogDirs();
        cluster = ClusterAccess.wait(access);
        openSensors();
        identify();
        // It reads the topics meanwhile.
        seatController();
        followConfig();
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
        logs = new LogManager(logSettings(config), Time.SYSTEM, scheduler, refused);
        parts.push("logs", logs);
    }

    private static LogManagerSettings logSettings(BrokerConfig config) {
        LogManagerSettings settings = LogManagerSettings.from(config);
        return config.hasBrokerRole() ? settings : settings.withoutLogDirs();
    }

    /** Sensors may expire when they are not used; the names of their beans begin with kafka.server. */
    private void openSensors() {
        sensors = new Metrics(
                new MetricConfig(),
                List.of(new JmxReporter()),
                Time.SYSTEM,
                true,
                new KafkaMetricsContext("kafka.server"));
        parts.push("sensors", sensors);
    }

    private void identify() {
        brokerId = BrokerIdentity.decide(config, cluster.znodes());
        logs.claim(brokerId, cluster.clusterId());
        registration = registration(AdvertisedEndpoints.of(config, server::boundPort));
        metrics = new BrokerMetrics(cluster.clusterId(), cluster.session()::stateName);
        parts.push("metrics of the broker", metrics);
        presence = new Presence(config, cluster.session(), cluster.znodes());
    }

    private void followConfig() {
        ExecutorService changes = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("config-changes").factory());
        parts.push("configuration changes", changes::shutdownNow);
        configStore = new ZkConfigStore(new EntityConfigs(cluster.session()), changes);
        dynamicConfig = new DynamicConfig(config);
        dynamicConfig.become(
                cluster.brokerConfig(ConfigZnode.DEFAULT_ENTITY), cluster.brokerConfig(Integer.toString(brokerId)));
        dynamicConfig.follow(now -> server.reconfigure(now.effective()));
        dynamicConfig.follow(
                now -> scheduler.resizeThreadPool(now.effective().getInt(ServerConfigs.BACKGROUND_THREADS_CONFIG)));
        dynamicConfig.follow(now -> logs.reconfigure(logSettings(now.effective())));
        ClientQuotas quotas = new ClientQuotas(
                sensors,
                Time.SYSTEM,
                config.getInt(QuotaConfigs.NUM_QUOTA_SAMPLES_CONFIG),
                config.getInt(QuotaConfigs.QUOTA_WINDOW_SIZE_SECONDS_CONFIG));
        clientQuotas = new ClientQuotaFeed(configStore, quotas);
        server.limitTraffic(quotas);
    }

    private void seatController() {
        controller = ControllerSeat.make(config, cluster.session(), presence, metadata, registration);
        controllerEnd = PartStack.once(controller);
        parts.push("controller's seat", controllerEnd);
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
        ExecutorService epochChecks = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("controller-epoch-checks").factory());
        parts.push("checks of controller epochs", epochChecks::shutdownNow);
        AlterPartitionSender isrChanges =
                new AlterPartitionSender(brokerId, presence::epoch, newChannel("isr-changes"));
        replicas = new ReplicaManager(
                ReplicaSettings.of(config, brokerId),
                new ReplicaManager.Environment(
                        Time.SYSTEM,
                        logs,
                        metadata,
                        isrChanges,
                        presence::epoch,
                        scheduler,
                        sensors,
                        replicaSelector()),
                new ControllerEpochGuard(controller::knownEpoch, cluster.znodes()::controllerEpoch, epochChecks));
        dynamicConfig.follow(now -> {
            replicas.resizeFetchers(now.effective().numReplicaFetchers());
            replicas.throttle(
                    now.rate(QuotaConfigs.LEADER_REPLICATION_THROTTLED_RATE_CONFIG),
                    now.rate(QuotaConfigs.FOLLOWER_REPLICATION_THROTTLED_RATE_CONFIG));
            replicas.throttleMoves(now.rate(QuotaConfigs.REPLICA_ALTER_LOG_DIRS_IO_MAX_BYTES_PER_SECOND_CONFIG));
        });
        metrics.become(BrokerState.RECOVERY);
        loadLogs();
        replicas.startup();
        parts.push("replicas", replicas);
    }

    /** Opens the logs as their topics are configured, and has them follow changes from then on. */
    private void loadLogs() {
        TopicConfigFeed topicConfigs = new TopicConfigFeed(cluster.znodes(), configStore, logs);
        List<ConfigFeed> feeds =
                List.of(topicConfigs, new BrokerConfigFeed(brokerId, configStore, dynamicConfig), clientQuotas);
        Map<String, Map<String, String>> atStart = cluster.topicConfigs();
        logs.startup(
                topic -> TopicConfigFeed.properties(atStart.getOrDefault(topic, Map.of())),
                replicas.logDirFailureListener());
        logs.setTopicOverrides(topicConfigs::forNewLog);
        clientQuotas.start();
        new ConfigChanges(cluster.session(), entity -> feeds.forEach(feed -> feed.changed(entity))).start();
        // Notifications that were purged while there was no session are never told.
        cluster.session().addListener(handle -> feeds.forEach(ConfigFeed::doubt));
        var unused = scheduler.schedule(
                "missing-configs", () -> feeds.forEach(ConfigFeed::retryMissing), CONFIG_RETRY_MS, CONFIG_RETRY_MS);
    }

    private Optional<ReplicaSelector> replicaSelector() {
        return Optional.ofNullable(
                config.getConfiguredInstance(ReplicationConfigs.REPLICA_SELECTOR_CLASS_CONFIG, ReplicaSelector.class));
    }

    private void seatGroups() {
        groups = new GroupSeat(
                brokerId, config, new ReplicaGroupPartitions(replicas), sensors, KafkaYammerMetrics.defaultRegistry());
        parts.push("group coordinator", groups);
        groups.start(cluster::groupPartitions);
        replicas.addLeadershipListener(groups);
        metadata.addListener((now, deleted) -> groups.onPartitionsDeleted(List.copyOf(deleted)));
    }

    private void registerAndServe() {
        BrokerApis apis = new BrokerApis(
                dynamicConfig,
                new BrokerApis.Identity(brokerId, cluster.clusterId()),
                new BrokerApis.Storage(logs, replicas, groups, metadata, new FirstTelling(metadata, cluster.topics())),
                controller,
                new RemoteCluster(brokerId, presence::epoch, controllerChannel, configStore, config.requestTimeoutMs()),
                new LogbackLoggers());
        parts.push("fetch sessions", apis);
        // Requests end before what they need, and the reign before all, so that another broker takes it over at once.
        parts.push("requests", serverEnd);
        parts.push("controller", controllerEnd);
        // Requests of the controller name the epoch of the life they are meant for, so it must be known by then.
        presence.announce(registration);
        controller.contest();
        server.serve(config.hasBrokerRole() ? apis.router() : new WhileRuling(apis.router(), controller));
        metrics.become(BrokerState.RUNNING);
    }

    private BrokerRegistration registration(List<Endpoint> endpoints) {
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
        return registration.endpoints();
    }

    BrokerMetrics metrics() {
        return metrics;
    }

    ControlledShutdown controlledShutdown() {
        return new ControlledShutdown(brokerId, config, presence::epoch, controllerChannel, cluster::isConnected);
    }
}
