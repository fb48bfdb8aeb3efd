package io.regent.broker.api;

import io.regent.broker.BrokerConfig;
import io.regent.broker.api.fetch.FetchSessions;
import io.regent.broker.config.ConfigStore;
import io.regent.broker.config.DynamicConfig;
import io.regent.broker.group.GroupSeat;
import io.regent.broker.log.LogManager;
import io.regent.broker.metadata.FirstTelling;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.replica.ReplicaManager;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.config.ServerConfigs;

/**
 * Makes the router of a broker: one handler for each request it serves.
 *
 * <p>Used once, by the thread that starts the broker; closed when the last request is answered.
 */
public final class BrokerApis implements AutoCloseable {
    /** Who this broker is. */
    public record Identity(int brokerId, String clusterId) {}

    /** What lies on this broker, what it knows of the others, and what it is still to be told of them. */
    public record Storage(
            LogManager logs, ReplicaManager replicas, GroupSeat groups, MetadataCache metadata, FirstTelling first) {}

    /** How this broker reaches what lies elsewhere. */
    public interface Remote {
        /** Reserves producer ids for this broker. */
        CompletableFuture<ProducerIds.Block> reserveProducerIds();

        /** Has whichever broker rules create topics. */
        CompletableFuture<CreateTopicsResponse> createTopics(CreateTopicsRequest.Builder request);

        /** Where configuration is kept. */
        ConfigStore configs();
    }

    private final DynamicConfig dynamicConfig;
    private final BrokerConfig config;
    private final BrokerLoggers loggers;
    private final Identity identity;
    private final Storage storage;
    private final LocalController controller;
    private final Remote remote;
    private final FetchSessions sessions;

    public BrokerApis(
            DynamicConfig config,
            Identity identity,
            Storage storage,
            LocalController controller,
            Remote remote,
            BrokerLoggers loggers) {
        this.dynamicConfig = config;
        this.config = config.layers().fixed();
        this.loggers = loggers;
        this.identity = identity;
        this.storage = storage;
        this.controller = controller;
        this.remote = remote;
        this.sessions = new FetchSessions(
                this.config.getInt(ServerConfigs.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS_CONFIG), Time.SYSTEM);
    }

    /** The router; it serves from the moment it is given to the server. */
    public ApiRouter router() {
        ApiRouter.Builder router = ApiRouter.builder();
        registerData(router);
        registerGroups(router);
        registerAdmin(router);
        registerBrokers(router);
        return router.build();
    }

    private void registerData(ApiRouter.Builder router) {
        ReplicaManager replicas = storage.replicas();
        MetadataCache metadata = storage.metadata();
        router.register(ApiKeys.PRODUCE, new ProduceHandler(replicas, metadata))
                .register(ApiKeys.FETCH, new FetchHandler(replicas, metadata, sessions, config.fetchMaxBytes()))
                .register(ApiKeys.LIST_OFFSETS, new ListOffsetsHandler(replicas))
                .register(ApiKeys.OFFSET_FOR_LEADER_EPOCH, new OffsetForLeaderEpochHandler(replicas))
                .register(ApiKeys.DELETE_RECORDS, new DeleteRecordsHandler(replicas, metadata))
                .register(
                        ApiKeys.INIT_PRODUCER_ID,
                        new InitProducerIdHandler(new ProducerIds(remote::reserveProducerIds)));
    }

    private void registerGroups(ApiRouter.Builder router) {
        GroupCoordinator coordinator = storage.groups().coordinator();
        MetadataCache metadata = storage.metadata();
        AutoTopicCreation creation = new AutoTopicCreation(
                config, coordinator.groupMetadataTopicConfigs(), controller, remote::createTopics);
        new MetadataHandler(
                        identity.clusterId(),
                        metadata,
                        storage.first(),
                        controller,
                        config.autoCreateTopicsEnable(),
                        creation)
                .register(router);
        router.register(ApiKeys.FIND_COORDINATOR, new FindCoordinatorHandler(coordinator, metadata, creation));
        new GroupMembershipHandler(coordinator).register(router);
        new GroupOffsetsHandler(coordinator, metadata).register(router);
        new GroupAdminHandler(coordinator).register(router);
    }

    private void registerAdmin(ApiRouter.Builder router) {
        MetadataCache metadata = storage.metadata();
        TopicConfigs topics = new TopicConfigs(storage.logs()::settings);
        ConfigEntries entries = new ConfigEntries(dynamicConfig, topics);
        ConfigAlterations alterations =
                new ConfigAlterations(identity.brokerId(), metadata, remote.configs(), dynamicConfig, topics);
        new AlterConfigsHandler(identity.brokerId(), alterations, new LoggerAlterations(loggers)).register(router);
        new ClientQuotasHandler(remote.configs()).register(router);
        new ScramCredentialsHandler(remote.configs()).register(router);
        new ReassignmentHandler(controller).register(router);
        router.register(ApiKeys.CREATE_TOPICS, new CreateTopicsHandler(controller, metadata, topics, entries))
                .register(ApiKeys.CREATE_PARTITIONS, new CreatePartitionsHandler(controller, metadata))
                .register(ApiKeys.DELETE_TOPICS, new DeleteTopicsHandler(controller, metadata))
                .register(ApiKeys.ELECT_LEADERS, new ElectLeadersHandler(controller, metadata))
                .register(
                        ApiKeys.DESCRIBE_CONFIGS,
                        new DescribeConfigsHandler(identity.brokerId(), metadata, remote.configs(), entries, loggers))
                .register(ApiKeys.ALTER_REPLICA_LOG_DIRS, new AlterReplicaLogDirsHandler(storage.replicas()))
                .register(ApiKeys.DESCRIBE_LOG_DIRS, new DescribeLogDirsHandler(storage.logs()))
                .register(ApiKeys.DESCRIBE_PRODUCERS, new DescribeProducersHandler(storage.replicas(), metadata))
                .register(ApiKeys.DESCRIBE_ACLS, new DescribeAclsHandler());
    }

    private void registerBrokers(ApiRouter.Builder router) {
        new ControlHandler(storage.replicas()).register(router);
        router.register(ApiKeys.CONTROLLED_SHUTDOWN, new ControlledShutdownHandler(controller))
                .register(ApiKeys.ALTER_PARTITION, new AlterPartitionHandler(controller))
                .register(ApiKeys.ALLOCATE_PRODUCER_IDS, new AllocateProducerIdsHandler(controller));
    }

    @Override
    public void close() {
        sessions.close();
    }
}
