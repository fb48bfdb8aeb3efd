package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.metadata.znode.ConfigChangeZnode;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EntityConfigsTest {

    private static final String ORDERS = "/config/topics/orders";

    private ZkFixture zookeeper;
    private EntityConfigs configs;

    @BeforeEach
    void start() throws Exception {
        zookeeper = new ZkFixture().withRoots();
        zookeeper.create("/brokers/topics/orders", "{\"version\":3,\"partitions\":{\"0\":[1]}}");
        configs = new EntityConfigs(zookeeper.session("configs"));
    }

    @AfterEach
    void stop() throws Exception {
        zookeeper.close();
    }

    @Test
    void aChangeIsWrittenAndAnnounced() throws Exception {
        Map<String, String> now = get(configs.change(EntityType.TOPICS, "orders", with("retention.ms", "1")));

        assertThat(now).containsExactly(Map.entry("retention.ms", "1"));
        assertThat(stored(ORDERS)).isEqualTo(now);
        assertThat(announced()).containsExactly("topics/orders");
    }

    @Test
    void aChangeThatIsRefusedWritesNothing() {
        assertThatThrownBy(() -> get(configs.change(EntityType.TOPICS, "orders", now -> {
                    throw new IllegalArgumentException("no");
                })))
                .hasRootCauseMessage("no");
        assertThatThrownBy(() -> stored(ORDERS)).isInstanceOf(KeeperException.NoNodeException.class);
    }

    @Test
    void aTopicThatDoesNotExistIsNotConfigured() throws Exception {
        assertThatThrownBy(() -> get(configs.change(EntityType.TOPICS, "nowhere", with("retention.ms", "1"))))
                .hasCauseInstanceOf(EntityConfigs.NoSuchTopicException.class);
        assertThat(announced()).isEmpty();
    }

    @Test
    void noneOfManyConcurrentChangesIsLost() throws Exception {
        List<CompletableFuture<Map<String, String>>> changes = new ArrayList<>();
        EntityConfigs other = new EntityConfigs(zookeeper.session("other"));
        for (int i = 0; i < 8; i++) {
            EntityConfigs writer = i % 2 == 0 ? configs : other;
            changes.add(writer.change(EntityType.BROKERS, ConfigZnode.DEFAULT_ENTITY, with("key" + i, "x")));
        }
        for (CompletableFuture<Map<String, String>> change : changes) {
            get(change);
        }
        assertThat(stored("/config/brokers/<default>")).hasSize(8);
        assertThat(announced()).hasSize(8);
    }

    @Test
    void anEntityThatOthersChangeAllTheTimeIsGivenUpInTheEnd() {
        assertThatThrownBy(() -> get(configs.change(EntityType.TOPICS, "orders", now -> {
                    overwrite();
                    return Map.of("retention.ms", "1");
                })))
                .hasCauseInstanceOf(EntityConfigs.ContendedException.class)
                .hasMessageContaining(ORDERS);
    }

    private void overwrite() {
        try {
            if (zookeeper.admin.exists(ORDERS, false) == null) {
                zookeeper.create(ORDERS, "{\"version\":1,\"config\":{}}");
            } else {
                zookeeper.set(ORDERS, "{\"version\":1,\"config\":{}}");
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aUsersClientIsMadeWithItsParentsAndGoesWithThem() throws Exception {
        String client = "alice/clients/app";
        get(configs.change(EntityType.USERS, client, with("producer_byte_rate", "1")));
        assertThat(get(configs.all(EntityType.USERS)))
                .containsEntry(client, Map.of("producer_byte_rate", "1"))
                .containsEntry("alice", Map.of());

        get(configs.change(EntityType.USERS, client, now -> Map.of()));

        assertThat(zookeeper.admin.exists("/config/users/alice", false)).isNull();
        assertThat(announced()).containsExactly("users/" + client, "users/" + client);
    }

    @Test
    void aUserWithOverridesOfItsOwnOutlivesItsLastClient() throws Exception {
        get(configs.change(EntityType.USERS, "alice/clients/app", with("producer_byte_rate", "1")));
        get(configs.change(EntityType.USERS, "alice", with("producer_byte_rate", "2")));

        get(configs.change(EntityType.USERS, "alice/clients/app", now -> Map.of()));

        assertThat(get(configs.all(EntityType.USERS)))
                .containsExactly(Map.entry("alice", Map.of("producer_byte_rate", "2")));
        get(configs.change(EntityType.USERS, "alice/clients/app", with("producer_byte_rate", "1")));
        get(configs.change(EntityType.USERS, "alice", now -> Map.of()));
        assertThat(get(configs.all(EntityType.USERS))).containsEntry("alice", Map.of());
    }

    @Test
    void whatZooKeeperCannotHoldIsRefusedAndNamed() {
        assertThatThrownBy(() -> get(configs.change(EntityType.USERS, "..", with("producer_byte_rate", "1"))))
                .hasMessageContaining("/config/users/..");
        assertThatThrownBy(() -> get(configs.change(EntityType.TOPICS, "orders", with("k", "x".repeat(1_000_000)))))
                .hasMessageContaining("orders")
                .hasMessageContaining("900000");
    }

    /** The reply is lost, so the change is made again: the second time it finds its own. */
    @Test
    void aChangeWhoseReplyIsLostIsMadeOnce() throws Exception {
        try (LossyProxy proxy = zookeeper.proxy()) {
            EntityConfigs lossy = new EntityConfigs(zookeeper.session("lossy", proxy));
            get(lossy.read(EntityType.TOPICS, "orders"));
            proxy.loseNextMulti();
            get(lossy.change(EntityType.TOPICS, "orders", now -> append(now, "cleanup.policy", "compact")));
            assertThat(proxy.losses()).isEqualTo(1);
        }
        assertThat(stored(ORDERS)).containsExactly(Map.entry("cleanup.policy", "compact"));
    }

    private static Map<String, String> append(Map<String, String> now, String key, String value) {
        Map<String, String> next = new TreeMap<>(now);
        next.merge(key, value, (old, added) -> List.of(old.split(",")).contains(added) ? old : old + "," + added);
        return next;
    }

    private static UnaryOperator<Map<String, String>> with(String key, String value) {
        return now -> {
            Map<String, String> next = new TreeMap<>(now);
            next.put(key, value);
            return next;
        };
    }

    private Map<String, String> stored(String path) throws Exception {
        return ConfigZnode.decode(path, zookeeper.admin.getData(path, false, new Stat()));
    }

    private List<String> announced() throws Exception {
        List<String> entities = new ArrayList<>();
        for (String name : zookeeper.admin.getChildren(ConfigChangeZnode.PARENT, false).stream()
                .sorted()
                .toList()) {
            String path = ConfigChangeZnode.PARENT + "/" + name;
            entities.add(ConfigChangeZnode.decode(path, zookeeper.admin.getData(path, false, new Stat())));
        }
        return entities;
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }
}
