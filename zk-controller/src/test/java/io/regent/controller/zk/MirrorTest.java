package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.Event;
import io.regent.controller.Event.ObservedTopic;
import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.ObjectName;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.junit.jupiter.api.Test;

/** What a node that follows knows when it takes over, and what a node that rules is told of topics' znodes. */
class MirrorTest extends LossyStore {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String STATE =
            "{\"controller_epoch\":1,\"leader\":%d,\"version\":1,\"leader_epoch\":%d,\"isr\":[%d]}";

    @Override
    void prepare() throws Exception {
        topic(
                "orders",
                "{\"version\":3,\"topic_id\":\"WdYo0njZQ7q8V4Qbzl5IYA\",\"partitions\":{\"0\":[1,2],\"1\":[2,1]}}");
        state("orders", 0, 1, 0);
        state("orders", 1, 2, 0);
    }

    private void topic(String name, String data) throws Exception {
        zk.create(TopicZnode.path(name), data);
    }

    private void state(String topic, int partition, int leader, int leaderEpoch) throws Exception {
        PartitionId id = new PartitionId(topic, partition);
        if (!zk.exists(PartitionStateZnode.partitionsPath(topic))) {
            zk.create(PartitionStateZnode.partitionsPath(topic), null);
        }
        zk.create(PartitionStateZnode.partitionPath(id), null);
        zk.create(PartitionStateZnode.path(id), String.format(STATE, leader, leaderEpoch, leader));
    }

    private void setState(String topic, int partition, int leader, int leaderEpoch) throws Exception {
        zk.set(
                PartitionStateZnode.path(new PartitionId(topic, partition)),
                String.format(STATE, leader, leaderEpoch, leader));
    }

    private StoreEvent.Loaded win() {
        probe.forget();
        store.contest();
        return probe.awaitEvent(StoreEvent.Loaded.class);
    }

    private static long gauge(String name) throws Exception {
        Object value = ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName("kafka.controller:type=Mirror,name=" + name), "Value");
        return ((Number) value).longValue();
    }

    private void awaitWarm(int partitions) {
        await().atMost(PATIENCE).until(() -> gauge("PartitionCount") == partitions && gauge("DirtyCount") == 0);
    }

    private ObservedTopic awaitObserved(String topic) {
        return await().atMost(PATIENCE)
                .until(
                        () -> probe.all(StoreEvent.Observed.class).stream()
                                .map(StoreEvent.Observed::event)
                                .filter(Event.TopicsObserved.class::isInstance)
                                .flatMap(event -> ((Event.TopicsObserved) event).topics().stream())
                                .filter(seen -> seen.name().equals(topic))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void whatChangedBeforeTheElectionIsInTheImage() throws Exception {
        awaitWarm(2);
        setState("orders", 1, 1, 5);
        topic("late", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        state("late", 0, 1, 0);
        zk.create("/config/topics/orders", "{\"version\":1,\"config\":{\"retention.ms\":\"1\"}}");

        ClusterImage image = win().image();

        assertThat(image.state(new PartitionId("orders", 1)).leaderEpoch()).isEqualTo(5);
        assertThat(image.state(new PartitionId("late", 0)).leader()).isEqualTo(1);
        assertThat(image.topic("orders").orElseThrow().config()).isEqualTo(Map.of("retention.ms", "1"));
    }

    @Test
    void aFollowerReadsWhatChangesAndSaysHowFarItIs() throws Exception {
        awaitWarm(2);
        assertThat(gauge("TopicCount")).isEqualTo(1);
        assertThat(gauge("LagMs")).isZero();

        topic("other", "{\"version\":1,\"partitions\":{\"0\":[1],\"1\":[1],\"2\":[1]}}");
        awaitWarm(5);
        zk.delete(TopicZnode.path("other"));
        awaitWarm(2);
        assertThat(gauge("LagMs")).isZero();
    }

    @Test
    void whatChangedWhileTheConnectionWasLostIsInTheImage() throws Exception {
        awaitWarm(2);
        proxy.partition();
        await().atMost(PATIENCE).until(() -> !isConnected());
        setState("orders", 0, 2, 9);
        topic("meanwhile", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        proxy.restore();
        await().atMost(PATIENCE).until(this::isConnected);

        ClusterImage image = win().image();

        assertThat(image.state(new PartitionId("orders", 0)).leaderEpoch()).isEqualTo(9);
        assertThat(image.topicNames()).containsExactly("meanwhile", "orders");
    }

    private boolean isConnected() {
        return session.stateName().equals("SYNC_CONNECTED");
    }

    @Test
    void whatChangedDuringAReignOfThisNodeIsInTheImageOfItsNextOne() throws Exception {
        Reign reign = win().reign();
        store.commit(
                reign,
                0,
                List.of(new Write.Set(
                        PartitionStateZnode.path(new PartitionId("orders", 0)),
                        ZkFixture.bytes(String.format(STATE, 2, 7, 2)),
                        0)));
        probe.awaitEvent(StoreEvent.Committed.class);
        store.resign(reign);
        setState("orders", 1, 1, 8);

        ClusterImage image = win().image();

        assertThat(image.state(new PartitionId("orders", 0)).leaderEpoch()).isEqualTo(7);
        assertThat(image.state(new PartitionId("orders", 1)).leaderEpoch()).isEqualTo(8);
    }

    @Test
    void aNodeReadsTheTopicsBeforeItContests() throws Exception {
        store.close();
        store = zk.own(new ZkStore(session, 1, () -> false));
        store.prepare();
        awaitWarm(2);
        long read = gauge("ReadCount");

        store.start(probe);
        assertThat(win().image().partitionCount()).isEqualTo(2);
        assertThat(gauge("ReadCount")).isEqualTo(read);
    }

    /** @param manyWrites after how many writes in a row it looks away */
    private Reign winLookingAwayAfter(int manyWrites) throws Exception {
        store.close();
        ZkSettings settings = new ZkSettings(zk.connectString(), 10_000, 10_000, 10, manyWrites);
        CuratorSession writing = zk.own(new CuratorSession(settings, "writes much"));
        writing.connect();
        store = zk.own(new ZkStore(writing, 2, () -> false));
        store.start(probe);
        return win().reign();
    }

    @Test
    void aReignThatIsAboutToWriteMuchLooksAwayAndLooksAgainThoughItWritesNothing() throws Exception {
        Reign reign = winLookingAwayAfter(1_000);
        awaitWarm(2);
        long readBefore = gauge("ReadCount");

        store.expect(reign, 1_000);

        // All was marked again, and the topic and its configuration were read.
        await().atMost(PATIENCE).until(() -> gauge("ReadCount") == readBefore + 2);
        topic("later", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        assertThat(awaitObserved("later").found()).isPresent();
    }

    @Test
    void aReignThatWritesMuchLooksAwayAndLearnsAfterwardsWhatOthersDid() throws Exception {
        Reign reign = winLookingAwayAfter(1);

        store.commit(
                reign,
                0,
                List.of(new Write.Set(
                        PartitionStateZnode.path(new PartitionId("orders", 0)),
                        ZkFixture.bytes(String.format(STATE, 2, 7, 2)),
                        0)));
        topic("late", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        probe.awaitEvent(StoreEvent.Committed.class);

        assertThat(awaitObserved("late").found()).isPresent();
        // Had it not looked away, it would know that only one state was written.
        await().atMost(PATIENCE).until(() -> gauge("DirtyCount") == 3);
        topic("later", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        assertThat(awaitObserved("later").found()).isPresent();
        store.resign(reign);
        assertThat(win().image().state(new PartitionId("orders", 0)).leaderEpoch())
                .isEqualTo(7);
    }

    /** Of a topic of 100 partitions, all states are written at once, under the eyes of a node that would be told of ten. */
    private void floodAFollower() throws Exception {
        store.close();
        topic("large", topicZnode(100));
        for (int partition = 0; partition < 100; partition++) {
            state("large", partition, 1, 0);
        }
        CuratorSession following =
                zk.own(new CuratorSession(new ZkSettings(zk.connectString(), 10_000, 10_000, 10, 10), "follows"));
        following.connect();
        store = zk.own(new ZkStore(following, 2, () -> false));
        store.start(probe);
        awaitWarm(102);

        List<Op> writes = new ArrayList<>();
        for (int partition = 0; partition < 100; partition++) {
            writes.add(Op.setData(
                    PartitionStateZnode.path(new PartitionId("large", partition)),
                    ZkFixture.bytes(String.format(STATE, 2, 5, 2)),
                    0));
        }
        zk.admin.multi(writes);
        // The states of both topics, their znodes and the names: it looks away, and takes nothing for known.
        await().atMost(PATIENCE).until(() -> gauge("DirtyCount") == 105);
    }

    private static String topicZnode(int partitions) {
        String assignments = IntStream.range(0, partitions)
                .mapToObj(number -> "\"" + number + "\":[1,2]")
                .collect(Collectors.joining(","));
        return "{\"version\":1,\"partitions\":{" + assignments + "}}";
    }

    private static long withLeaderEpoch(ClusterImage image, int leaderEpoch) {
        return IntStream.range(0, 100)
                .filter(number -> image.state(new PartitionId("large", number)).leaderEpoch() == leaderEpoch)
                .count();
    }

    @Test
    void aFollowerLooksAwayFromAFloodAndIsWarmAgainSoonAfter() throws Exception {
        floodAFollower();
        awaitWarm(102);
        setState("orders", 0, 2, 9);
        ClusterImage image = win().image();
        assertThat(withLeaderEpoch(image, 5)).isEqualTo(100);
        assertThat(image.state(new PartitionId("orders", 0)).leaderEpoch()).isEqualTo(9);
    }

    @Test
    void aFollowerThatWinsWhileItLooksAwayReadsAllAndIsToldOfTopicsAgain() throws Exception {
        floodAFollower();
        setState("orders", 0, 2, 9);
        ClusterImage image = win().image();
        assertThat(withLeaderEpoch(image, 5)).isEqualTo(100);
        assertThat(image.state(new PartitionId("orders", 0)).leaderEpoch()).isEqualTo(9);

        topic("later", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        assertThat(awaitObserved("later").found()).isPresent();
    }

    @Test
    void aNewSessionBeginsWithWhatZooKeeperHolds() throws Exception {
        awaitWarm(2);
        zk.expire(session);
        probe.awaitEvent(StoreEvent.SessionExpired.class);
        zk.admin.multi(List.of(
                Op.setData(
                        TopicZnode.path("orders"), ZkFixture.bytes("{\"version\":1,\"partitions\":{\"0\":[3]}}"), -1),
                Op.delete(PartitionStateZnode.path(new PartitionId("orders", 0)), -1)));
        await().atMost(PATIENCE)
                .until(() -> probe.all(StoreEvent.SessionBegan.class).size() == 2);

        TopicImage orders = win().image().topic("orders").orElseThrow();

        assertThat(orders.partitionCount()).isOne();
        assertThat(orders.assignment(0)).isEqualTo(Assignment.of(Replicas.of(3)));
        assertThat(orders.state(0).exists()).isFalse();
    }

    @Test
    void topicsThatOthersWriteAreToldToTheReign() throws Exception {
        StoreEvent.Loaded loaded = win();
        assertThat(loaded.newIds()).isEmpty();

        topic("made", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        ObservedTopic made = awaitObserved("made");
        assertThat(made.idBefore()).isEqualTo(TopicId.NONE);
        assertThat(made.found().orElseThrow().assignment(0)).isEqualTo(Assignment.of(Replicas.of(1)));
        assertThat(made.newId().isPresent()).isTrue();

        zk.set(TopicZnode.path("orders"), "{\"version\":1,\"partitions\":{\"0\":[1,2],\"1\":[2,1],\"2\":[1]}}");
        TopicImage grown = awaitObserved("orders").found().orElseThrow();
        assertThat(grown.partitionCount()).isEqualTo(3);
        assertThat(grown.version()).isOne();

        topic("bad", "garbage");
        ObservedTopic bad = awaitObserved("bad");
        assertThat(bad.found().orElseThrow().isUnreadable()).isTrue();
        assertThat(bad.newId().isPresent()).isFalse();

        probe.forget();
        zk.delete(TopicZnode.path("made"));
        assertThat(awaitObserved("made").found()).isEmpty();
    }

    @Test
    void aTopicIsToldAgainWhenItsMarkerGoes() throws Exception {
        zk.create("/admin/delete_topics/orders", null);
        win();
        zk.delete("/admin/delete_topics/orders");
        assertThat(awaitObserved("orders").found()).isPresent();
    }

    @Test
    void topicsWithoutAnIdAreProposedOneUnlessNobodyCanReadThem() throws Exception {
        topic("old", "{\"version\":1,\"partitions\":{\"0\":[1]}}");
        topic("bad", "{\"version\":1,\"partitions\":{\"0\":[]}}");
        StoreEvent.Loaded loaded = win();
        assertThat(loaded.newIds()).containsOnlyKeys("old");
        assertThat(loaded.unreadable()).singleElement().asString().contains("/brokers/topics/bad", "no replicas");
    }

    @Test
    void garbageIsHealedWhenItIsMended() throws Exception {
        awaitWarm(2);
        PartitionId partition = new PartitionId("orders", 1);
        zk.set(PartitionStateZnode.path(partition), "garbage");
        Reign reign = win().reign();
        assertThat(probe.awaitEvent(StoreEvent.Loaded.class)
                        .image()
                        .state(partition)
                        .isUnreadable())
                .isTrue();

        setState("orders", 1, 1, 3);
        probe.awaitEvent(StoreEvent.ImageStale.class, stale -> stale.reason().contains("orders/partitions/1"));
        store.resign(reign);

        StoreEvent.Loaded again = win();
        assertThat(again.image().state(partition).leaderEpoch()).isEqualTo(3);
        assertThat(again.unreadable()).isEmpty();
    }

    @Test
    void aTopicThatBecomesGarbageWhileThisNodeRulesIsKeptAndMendedLater() throws Exception {
        win();
        zk.set(TopicZnode.path("orders"), "garbage");
        await().atMost(PATIENCE).until(() -> gauge("PartitionCount") == 0);
        zk.set(TopicZnode.path("orders"), "{\"version\":1,\"partitions\":{\"0\":[1,2]}}");
        probe.awaitEvent(StoreEvent.ImageStale.class, stale -> stale.reason().contains("/brokers/topics/orders"));
    }

    @Test
    void moreNamesThanOneMegabyteAreRead() throws Exception {
        int count = 5_000;
        String suffix = "x".repeat(240);
        List<Op> creates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] data = ZkFixture.bytes("{\"version\":1,\"partitions\":{}}");
            creates.add(Op.create(TopicZnode.path(i + suffix), data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
            if (creates.size() == 1_000) {
                zk.admin.multi(creates);
                creates.clear();
            }
        }
        StoreProbe freshProbe = new StoreProbe();
        ZkStore fresh = zk.own(new ZkStore(zk.session("fresh"), 2, () -> false));
        fresh.start(freshProbe);
        freshProbe.awaitEvent(StoreEvent.SessionBegan.class);
        fresh.contest();
        assertThat(freshProbe.awaitEvent(StoreEvent.Loaded.class).image().topics())
                .hasSize(count + 1);
    }
}
