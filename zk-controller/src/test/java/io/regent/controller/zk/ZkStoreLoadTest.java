package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Event;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster as Kafka's own brokers and tools leave it in ZooKeeper, and what becomes of it when some of it is garbage. */
class ZkStoreLoadTest {

    private static final String BROKER_1 =
            "{\"features\":{},\"listener_security_protocol_map\":{\"PLAINTEXT\":\"PLAINTEXT\"},\"endpoints\":"
                    + "[\"PLAINTEXT://127.0.0.1:19091\"],\"rack\":\"r1\",\"jmx_port\":-1,\"port\":19091,"
                    + "\"host\":\"127.0.0.1\",\"version\":5,\"timestamp\":\"1795288331132\"}";

    private static final PartitionId ORDERS_0 = new PartitionId("orders", 0);

    private ZkFixture zk;
    private final StoreProbe probe = new StoreProbe();
    private ZkStore store;

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        zk.createEphemeral("/brokers/ids/1", BROKER_1);
        topic(
                "orders",
                "{\"partitions\":{\"0\":[1,2],\"1\":[2,3]},\"topic_id\":\"WdYo0njZQ7q8V4Qbzl5IYA\","
                        + "\"adding_replicas\":{},\"removing_replicas\":{},\"version\":3}");
        zk.create("/config/topics/orders", "{\"version\":1,\"config\":{\"retention.ms\":\"60000\"}}");
        state("orders", 0, "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":0,\"isr\":[1,2]}");
        state("orders", 1, "{\"controller_epoch\":1,\"leader\":2,\"version\":1,\"leader_epoch\":1,\"isr\":[2]}");
        topic("other", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        zk.create("/admin/delete_topics/doomed", null);
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private void topic(String name, String data) throws Exception {
        zk.create("/brokers/topics/" + name, data);
    }

    private void state(String topic, int partition, String data) throws Exception {
        String partitions = "/brokers/topics/" + topic + "/partitions";
        if (!zk.exists(partitions)) {
            zk.create(partitions, null);
        }
        zk.create(partitions + "/" + partition, null);
        zk.create(partitions + "/" + partition + "/state", data);
    }

    private StoreEvent.Loaded load() {
        store = zk.own(new ZkStore(zk.session("loader"), 1, () -> false));
        store.start(probe);
        probe.awaitEvent(StoreEvent.SessionBegan.class);
        store.contest();
        return probe.awaitEvent(StoreEvent.Loaded.class);
    }

    @Test
    void aClusterIsLoadedWhole() throws Exception {
        StoreEvent.Loaded loaded = load();
        ClusterImage image = loaded.image();

        assertThat(loaded.unreadable()).isEmpty();
        assertThat(image.topicNames()).containsExactly("orders", "other");
        TopicImage orders = image.topic("orders").orElseThrow();
        assertThat(orders.id()).isEqualTo(TopicId.parse("WdYo0njZQ7q8V4Qbzl5IYA"));
        assertThat(orders.config()).isEqualTo(Map.of("retention.ms", "60000"));
        assertThat(orders.assignment(1)).isEqualTo(Assignment.of(Replicas.of(2, 3)));
        PartitionState state = image.state(new PartitionId("orders", 1));
        assertThat(state.leader()).isEqualTo(2);
        assertThat(state.version()).isZero();
        assertThat(image.state(new PartitionId("other", 0))).isEqualTo(PartitionState.NONE);
        assertThat(image.broker(1).orElseThrow().epoch())
                .isEqualTo(zk.stat("/brokers/ids/1").getCzxid());
        assertThat(image.deletions()).containsOnlyKeys("doomed");
    }

    @Test
    void whatCannotBeReadIsMarkedAndTheOtherTopicsAreLoaded() throws Exception {
        topic("badtopic", "{\"version\":3,\"partitions\":{\"0\":[1,1]}}");
        topic("badconfig", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        zk.create("/config/topics/badconfig", "not json");
        topic("badstate", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        state("badstate", 0, "");

        StoreEvent.Loaded loaded = load();

        ClusterImage image = loaded.image();
        assertThat(image.topicNames()).containsExactly("badconfig", "badstate", "badtopic", "orders", "other");
        assertThat(image.topic("badtopic").orElseThrow().partitionCount()).isZero();
        assertThat(image.state(new PartitionId("badstate", 0)).isUnreadable()).isTrue();
        assertThat(image.topic("badconfig").orElseThrow().config()).isEmpty();
        assertThat(image.state(new PartitionId("orders", 1)).leader()).isEqualTo(2);
        assertThat(loaded.unreadable())
                .hasSize(3)
                .anyMatch(reason -> reason.contains("/brokers/topics/badtopic"))
                .anyMatch(reason -> reason.contains("/config/topics/badconfig"))
                .anyMatch(reason -> reason.contains("/brokers/topics/badstate/partitions/0/state"));
    }

    @Test
    void aMendedZnodeHasTheClusterLoadedAgain() throws Exception {
        topic("mended", "{");
        load();
        zk.set("/brokers/topics/mended", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        probe.awaitEvent(StoreEvent.ImageStale.class, stale -> stale.reason().contains("/brokers/topics/mended"));
    }

    @Test
    void garbageAmongTheBrokersHidesNoOther() throws Exception {
        zk.createEphemeral("/brokers/ids/99", "garbage");
        zk.createEphemeral("/brokers/ids/seven", BROKER_1);
        assertThat(load().image().brokers()).containsOnlyKeys(1);

        zk.set("/brokers/ids/99", BROKER_1);
        StoreEvent.BrokersObserved observed = probe.awaitEvent(
                StoreEvent.BrokersObserved.class, seen -> seen.brokers().size() == 2);
        assertThat(observed.brokers().get(1).id()).isEqualTo(99);
    }

    @Test
    void whatIsOrderedToBeReassignedIsLoadedThenObservedAndGarbageOrdersNothing() throws Exception {
        String order = "{\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"replicas\":[2,3]}]}";
        SortedMap<PartitionId, Replicas> ordered = new TreeMap<>(Map.of(ORDERS_0, Replicas.of(2, 3)));
        zk.create("/admin/reassign_partitions", order);
        assertThat(load().image().reassignmentOrders()).contains(ordered);

        probe.forget();
        zk.set("/admin/reassign_partitions", "garbage");
        probe.awaitObserved(
                Event.ReassignmentsObserved.class, seen -> seen.targets().isEmpty());
        zk.set("/admin/reassign_partitions", order);
        probe.awaitObserved(
                Event.ReassignmentsObserved.class, seen -> seen.targets().equals(Optional.of(ordered)));

        probe.forget();
        zk.delete("/admin/reassign_partitions");
        probe.awaitObserved(
                Event.ReassignmentsObserved.class, seen -> seen.targets().isEmpty());
    }

    @Test
    void brokersThatComeChangeAndGoAreObserved() throws Exception {
        load();
        zk.createEphemeral("/brokers/ids/2", BROKER_1.replace("19091", "19092"));
        probe.awaitEvent(
                StoreEvent.BrokersObserved.class, seen -> seen.brokers().size() == 2);

        zk.set("/brokers/ids/2", BROKER_1.replace("19091", "29092"));
        probe.awaitEvent(
                StoreEvent.BrokersObserved.class,
                seen -> seen.brokers().size() == 2
                        && seen.brokers().get(1).endpoints().get(0).port() == 29092);

        probe.forget();
        zk.delete("/brokers/ids/2");
        zk.createEphemeral("/brokers/ids/2", BROKER_1.replace("19091", "29092"));
        long czxid = zk.stat("/brokers/ids/2").getCzxid();
        probe.awaitEvent(
                StoreEvent.BrokersObserved.class,
                seen -> seen.brokers().size() == 2 && seen.brokers().get(1).epoch() == czxid);
    }

    @Test
    void thousandsOfPartitionsAreReadInBatches() throws Exception {
        int partitions = 1_201;
        StringBuilder assignment = new StringBuilder("{\"version\":1,\"partitions\":{");
        for (int i = 0; i < partitions; i++) {
            assignment.append(i == 0 ? "" : ",").append('"').append(i).append("\":[1]");
        }
        topic("wide", assignment.append("}}").toString());
        List<Integer> written = List.of(0, 499, 500, 1_200);
        for (int partition : written) {
            state(
                    "wide",
                    partition,
                    "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":" + partition
                            + ",\"isr\":[1]}");
        }
        ClusterImage image = load().image();
        for (int partition : written) {
            assertThat(image.state(new PartitionId("wide", partition)).leaderEpoch())
                    .isEqualTo(partition);
        }
        assertThat(image.partitionCount()).isEqualTo(partitions + 3);
    }
}
