package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.Reign;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever others write, and whenever: what a node takes over from its mirror is what one reads that has never seen the
 * cluster before. The same node wins again and again, so that its mirror lives through reigns, disconnections and sessions.
 */
class MirrorPropertyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ROUNDS = 6;
    private static final int EDITS_A_ROUND = 40;
    private static final List<String> TOPICS = List.of("a", "b", "ab", "a-b", "c.d");
    private static final int PARTITIONS = 4;

    /** What somebody else does to the znodes, drawn at random; what ZooKeeper refuses was not possible just then. */
    private static final class Meddler {
        private final ZkFixture zk;
        private final Random random;

        Meddler(ZkFixture zk, Random random) {
            this.zk = zk;
            this.random = random;
        }

        void meddle() throws Exception {
            for (int edit = 0; edit < EDITS_A_ROUND; edit++) {
                try {
                    edit(TOPICS.get(random.nextInt(TOPICS.size())));
                } catch (KeeperException.NoNodeException | KeeperException.NodeExistsException impossible) {
                    // The next edit may be possible.
                }
            }
        }

        private void edit(String topic) throws Exception {
            String partition = PartitionStateZnode.partitionsPath(topic) + "/" + random.nextInt(PARTITIONS);
            switch (random.nextInt(10)) {
                case 0, 1 -> zk.create(TopicZnode.path(topic), topicData());
                case 2 -> zk.set(TopicZnode.path(topic), topicData());
                case 3 -> ZKUtil.deleteRecursive(zk.admin, TopicZnode.path(topic));
                case 4, 5 -> createState(topic, partition);
                case 6 -> zk.set(partition + "/state", stateData());
                case 7 -> zk.delete(partition + "/state");
                case 8 -> zk.create(ConfigZnode.topicPath(topic), configData());
                default -> zk.set(ConfigZnode.topicPath(topic), configData());
            }
        }

        private void createState(String topic, String partition) throws Exception {
            for (String parent : List.of(PartitionStateZnode.partitionsPath(topic), partition)) {
                if (!zk.exists(parent)) {
                    zk.create(parent, null);
                }
            }
            zk.create(partition + "/state", stateData());
        }

        private boolean garbage() {
            return random.nextInt(8) == 0;
        }

        private String topicData() {
            if (garbage()) {
                return "garbage";
            }
            StringBuilder json = new StringBuilder("{\"version\":3,");
            if (random.nextBoolean()) {
                json.append("\"topic_id\":\"WdYo0njZQ7q8V4Qbzl5I")
                        .append((char) ('A' + random.nextInt(20)))
                        .append("A\",");
            }
            json.append("\"partitions\":{");
            for (int partition = 0; partition <= random.nextInt(PARTITIONS); partition++) {
                json.append(partition == 0 ? "" : ",")
                        .append('"')
                        .append(partition)
                        .append("\":[1,")
                        .append(2 + random.nextInt(3))
                        .append(']');
            }
            return json.append("}}").toString();
        }

        private String stateData() {
            return garbage()
                    ? ""
                    : "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":" + random.nextInt(100)
                            + ",\"isr\":[1]}";
        }

        private String configData() {
            return garbage() ? "{" : "{\"version\":1,\"config\":{\"retention.ms\":\"" + random.nextInt(100) + "\"}}";
        }
    }

    private ZkFixture zk;
    private LossyProxy proxy;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aWarmTakeoverFindsWhatAColdOneFinds(long seed) throws Exception {
        Random random = new Random(seed);
        zk = new ZkFixture().withRoots();
        try (ZkFixture fixture = zk) {
            proxy = fixture.proxy();
            CuratorSession session = fixture.session("warm", proxy);
            StoreProbe probe = new StoreProbe();
            ZkStore warm = store(session, probe);
            Meddler meddler = new Meddler(fixture, random);
            for (int round = 0; round < ROUNDS; round++) {
                meddler.meddle();
                disturb(random.nextInt(5), session, probe, meddler);

                StoreEvent.Loaded mirrored = win(warm, probe);
                meddler.meddle();
                warm.resign(mirrored.reign());
                mirrored = win(warm, probe);
                resign(warm, mirrored.reign());

                StoreEvent.Loaded read = readAnew();
                assertThat(describe(mirrored))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(describe(read));
                assertThat(mirrored.image())
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(read.image());
            }
        }
    }

    private void disturb(int how, CuratorSession session, StoreProbe probe, Meddler meddler) throws Exception {
        if (how == 0) {
            proxy.partition();
            awaitState(session, false);
            meddler.meddle();
            proxy.restore();
            awaitState(session, true);
            meddler.meddle();
        } else if (how == 1) {
            probe.forget();
            zk.expire(session);
            probe.awaitEvent(StoreEvent.SessionExpired.class);
            meddler.meddle();
            probe.awaitEvent(StoreEvent.SessionBegan.class);
        }
    }

    private static void awaitState(CuratorSession session, boolean connected) {
        await().atMost(PATIENCE).until(() -> session.stateName().equals("SYNC_CONNECTED") == connected);
    }

    private ZkStore store(CuratorSession session, StoreProbe probe) {
        ZkStore store = zk.own(new ZkStore(session, 1, () -> false));
        store.start(probe);
        probe.awaitEvent(StoreEvent.SessionBegan.class);
        return store;
    }

    private static StoreEvent.Loaded win(ZkStore store, StoreProbe probe) {
        probe.forget();
        store.contest();
        return probe.awaitEvent(StoreEvent.Loaded.class);
    }

    private void resign(ZkStore store, Reign reign) {
        store.resign(reign);
        await().atMost(PATIENCE).until(() -> !zk.exists("/controller"));
    }

    private StoreEvent.Loaded readAnew() {
        StoreProbe probe = new StoreProbe();
        try (CuratorSession session = zk.session("cold")) {
            ZkStore store = store(session, probe);
            StoreEvent.Loaded loaded = win(store, probe);
            resign(store, loaded.reign());
            store.close();
            return loaded;
        }
    }

    private static String describe(StoreEvent.Loaded loaded) {
        ClusterImage image = loaded.image();
        StringBuilder text = new StringBuilder();
        image.topicNames().forEach(name -> {
            var topic = image.topic(name).orElseThrow();
            text.append(topic)
                    .append(" v")
                    .append(topic.version())
                    .append(' ')
                    .append(topic.config())
                    .append('\n');
            for (int partition = 0; partition < topic.partitionCount(); partition++) {
                text.append("  ")
                        .append(topic.assignment(partition))
                        .append(topic.state(partition))
                        .append('\n');
            }
        });
        return text.append(loaded.unreadable()).append(loaded.newIds().keySet()).toString();
    }
}
