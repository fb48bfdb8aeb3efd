package io.regent.broker;

import io.regent.controller.zk.ClusterZnodes;
import io.regent.controller.zk.CuratorSession;
import io.regent.controller.zk.EntityConfigs;
import io.regent.controller.zk.ZkSettings;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.server.config.ZkConfigs;

/**
 * What a broker must learn from ZooKeeper before it can open its logs.
 *
 * <p>Made by a thread of the start, which waits for ZooKeeper; immutable afterwards, but for the session it holds.
 *
 * @param topics the names of all topics; none where the node stores nothing
 * @param topicConfigs the overrides of all topics that have any
 * @param brokerConfigs what is set at run time, by broker id, and for all brokers
 * @param groupPartitions how many partitions {@code __consumer_offsets} has, or will have
 */
record ClusterAccess(
        CuratorSession session,
        ClusterZnodes znodes,
        String clusterId,
        List<String> topics,
        Map<String, Map<String, String>> topicConfigs,
        Map<String, Map<String, String>> brokerConfigs,
        int groupPartitions) {

    /**
     * Opens the session, and creates the cluster in ZooKeeper if this is its first broker.
     *
     * @throws StartupException when ZooKeeper cannot be reached, or holds what cannot be read
     */
    static ClusterAccess open(BrokerConfig config) {
        CuratorSession session = new CuratorSession(
                new ZkSettings(
                        config.zookeeperConnect(),
                        config.zookeeperSessionTimeoutMs(),
                        config.zookeeperConnectionTimeoutMs(),
                        config.getInt(ZkConfigs.ZK_MAX_IN_FLIGHT_REQUESTS_CONFIG)),
                config.brokerId() < 0 ? "new" : Integer.toString(config.brokerId()));
        try {
            session.connect();
            ClusterZnodes znodes = new ClusterZnodes(session);
            wait(znodes.createRoots());
            CompletableFuture<String> clusterId =
                    znodes.clusterIdOrCreate(Uuid.randomUuid().toString());
            CompletableFuture<List<String>> topics =
                    config.hasBrokerRole() ? znodes.topics() : CompletableFuture.completedFuture(List.of());
            CompletableFuture<Map<String, Map<String, String>>> topicConfigs = topics.thenCompose(znodes::topicConfigs);
            CompletableFuture<SortedMap<String, Map<String, String>>> brokerConfigs =
                    new EntityConfigs(session).all(EntityType.BROKERS);
            int groupPartitions = wait(znodes.partitionCount(Topic.GROUP_METADATA_TOPIC_NAME))
                    .orElse(config.getInt(GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG));
            return new ClusterAccess(
                    session,
                    znodes,
                    wait(clusterId),
                    wait(topics),
                    wait(topicConfigs),
                    wait(brokerConfigs),
                    groupPartitions);
        } catch (RuntimeException e) {
            session.close();
            throw StartupException.of(e);
        }
    }

    /** What is set at run time for this broker, or under {@link ConfigZnode#DEFAULT_ENTITY} for all. */
    Map<String, String> brokerConfig(String name) {
        return brokerConfigs.getOrDefault(name, Map.of());
    }

    /** Whether ZooKeeper can be reached now. */
    boolean isConnected() {
        return session.stateName().equals("SYNC_CONNECTED");
    }

    /** Each call has its own timeout; a failure is told as the start's. */
    static <T> T wait(CompletableFuture<T> result) {
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("the start was interrupted");
        } catch (ExecutionException | CompletionException e) {
            throw StartupException.of(e);
        }
    }
}
