package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.regent.metadata.znode.ConfigZnode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The session, and the znodes that a broker uses over it. */
class CuratorSessionTest {

    private ZkFixture zk;

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture();
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    private ClusterZnodes znodes(String name) {
        return new ClusterZnodes(zk.session(name));
    }

    @Test
    void anUnreachableZooKeeperIsNamed() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String connect = "127.0.0.1:" + silent.getLocalPort() + "/kafka";
            CuratorSession session = zk.own(new CuratorSession(new ZkSettings(connect, 2_000, 300, 10), "lost"));
            assertThatThrownBy(session::connect)
                    .isInstanceOf(ZkUnreachableException.class)
                    .hasMessageContaining("zookeeper.connect=" + connect)
                    .hasMessageContaining("zookeeper.connection.timeout.ms");
        }
    }

    @Test
    void aMissingChrootIsMade() throws Exception {
        CuratorSession session = zk.session("chroot", zk.connectString() + "/clusters/red");
        get(new ClusterZnodes(session).createRoots());
        assertThat(zk.exists("/clusters/red/brokers/topics")).isTrue();
        assertThat(zk.exists("/brokers")).isFalse();
    }

    @Test
    void theRootsOfAClusterAreThoseOfKafka() throws Exception {
        get(znodes("a").createRoots());
        get(znodes("b").createRoots());
        assertThat(zk.admin.getChildren("/config", false))
                .containsExactlyInAnyOrder("changes", "topics", "clients", "users", "brokers", "ips");
        for (String path : List.of("/consumers", "/brokers/ids", "/admin/delete_topics", "/latest_producer_id_block")) {
            assertThat(zk.read(path)).as(path).isNull();
        }
    }

    @Test
    void brokersThatStartTogetherAgreeOnTheClusterId() throws Exception {
        CompletableFuture<String> one = znodes("a").clusterIdOrCreate("first-id");
        CompletableFuture<String> other = znodes("b").clusterIdOrCreate("other-id");
        assertThat(get(one)).isEqualTo(get(other)).isIn("first-id", "other-id");
        assertThat(zk.read("/cluster/id")).isEqualTo("{\"version\":\"1\",\"id\":\"" + get(one) + "\"}");
    }

    @Test
    void anUnreadableClusterIdIsAClearError() throws Exception {
        zk.create("/cluster", null);
        zk.create("/cluster/id", "garbage");
        assertThatThrownBy(() -> get(znodes("a").clusterIdOrCreate("x")))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/cluster/id");
    }

    @Test
    void generatedBrokerIdsDiffer() throws Exception {
        ClusterZnodes znodes = znodes("a");
        get(znodes.createRoots());
        assertThat(get(znodes.generateBrokerId(1_000))).isEqualTo(1_001);
        assertThat(get(znodes.generateBrokerId(1_000))).isEqualTo(1_002);
    }

    @Test
    void configurationsAreReadAndTheirChangesTold() throws Exception {
        CuratorSession session = zk.session("a");
        ClusterZnodes znodes = new ClusterZnodes(session);
        get(znodes.createRoots());
        zk.create("/config/brokers/<default>", "{\"version\":1,\"config\":{\"min.insync.replicas\":\"1\"}}");
        zk.create("/config/topics/t", "{\"version\":1,\"config\":{\"retention.ms\":\"5\"}}");
        zk.create("/config/changes/config_change_0000000003", "{\"version\":2,\"entity_path\":\"topics/t\"}");
        assertThat(get(znodes.config(ConfigZnode.EntityType.BROKERS, "<default>")))
                .isEqualTo(Map.of("min.insync.replicas", "1"));
        assertThat(get(znodes.topicConfigs(List.of("s", "t")))).isEqualTo(Map.of("t", Map.of("retention.ms", "5")));

        List<String> told = new CopyOnWriteArrayList<>();
        new ConfigChanges(session, told::add).start();
        await().until(() -> told.equals(List.of("topics/t")));
        zk.create("/config/changes/config_change_0000000004", "garbage");
        zk.create("/config/changes/config_change_0000000005", "{\"version\":2,\"entity_path\":\"brokers/<default>\"}");
        await().until(() -> told.equals(List.of("topics/t", "brokers/<default>")));
    }

    @Test
    void whatIsAskedWhileZooKeeperIsAwayIsAnsweredWhenItIsBack() throws Exception {
        LossyProxy proxy = zk.proxy();
        CuratorSession session = zk.session("a", proxy);
        proxy.partition();
        CompletableFuture<List<String>> topics = new ClusterZnodes(session).topics();
        assertThat(topics).isNotDone();
        proxy.restore();
        assertThat(get(topics)).isEmpty();
    }
}
