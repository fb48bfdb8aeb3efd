package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Event;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.znode.PartitionStateZnode;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A controller over a ZooKeeper older than 3.6, which has neither multi reads nor watches that stay. */
class OldServerTest {

    private ZkFixture zk;
    private final StoreProbe probe = new StoreProbe();
    private ZkStore store;

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        zk.create("/brokers/topics/orders", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        zk.create("/brokers/topics/orders/partitions", null);
        zk.create("/brokers/topics/orders/partitions/0", null);
        zk.create(
                PartitionStateZnode.path(new PartitionId("orders", 0)),
                "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":3,\"isr\":[1]}");
        LossyProxy proxy = zk.proxy();
        proxy.pretendOld();
        store = zk.own(new ZkStore(zk.session("old", proxy), 1, () -> false));
        store.start(probe);
        probe.awaitEvent(StoreEvent.SessionBegan.class);
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private StoreEvent.Loaded win() {
        probe.forget();
        store.contest();
        return probe.awaitEvent(StoreEvent.Loaded.class);
    }

    @Test
    void eachTakeoverReadsTheWholeCluster() throws Exception {
        StoreEvent.Loaded first = win();
        PartitionId partition = new PartitionId("orders", 0);
        assertThat(first.image().state(partition).leaderEpoch()).isEqualTo(3);
        store.resign(first.reign());
        zk.set(
                PartitionStateZnode.path(partition),
                "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":4,\"isr\":[1]}");
        zk.create("/brokers/topics/new", "{\"version\":1,\"partitions\":{\"0\":[1]}}");

        ClusterImage second = win().image();

        assertThat(second.state(partition).leaderEpoch()).isEqualTo(4);
        assertThat(second.topicNames()).containsExactly("new", "orders");
    }

    @Test
    void whatIsWatchedBesidesTheTopicsIsToldAgainAndAgain() throws Exception {
        win();
        for (String topic : new String[] {"a", "b", "c"}) {
            zk.create("/admin/delete_topics/" + topic, null);
            probe.awaitEvent(
                    StoreEvent.Observed.class,
                    seen -> seen.event() instanceof Event.DeletionsObserved(Set<String> topics)
                            && topics.contains(topic));
        }
        zk.createEphemeral("/brokers/ids/1", BROKER);
        probe.awaitEvent(
                StoreEvent.BrokersObserved.class, seen -> seen.brokers().size() == 1);
        zk.delete("/brokers/ids/1");
        probe.forget();
        zk.createEphemeral("/brokers/ids/1", BROKER);
        probe.awaitEvent(
                StoreEvent.BrokersObserved.class, seen -> seen.brokers().size() == 1);
        zk.delete("/controller");
        probe.awaitEvent(StoreEvent.ControllerObserved.class, seen -> !seen.exists());
    }

    private static final String BROKER =
            "{\"features\":{},\"listener_security_protocol_map\":{\"PLAINTEXT\":\"PLAINTEXT\"},\"endpoints\":"
                    + "[\"PLAINTEXT://127.0.0.1:19091\"],\"jmx_port\":-1,\"port\":19091,"
                    + "\"host\":\"127.0.0.1\",\"version\":5,\"timestamp\":\"1795288331132\"}";
}
