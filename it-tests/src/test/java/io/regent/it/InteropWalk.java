package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.ZooKeeperView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/**
 * What an operator does to a cluster of two or three brokers in its life, step by step, whoever of them rules: each step waits
 * until its effect is seen at every broker that it concerns.
 *
 * <p>One thread.
 */
final class InteropWalk implements AutoCloseable {

    /** A replica of each partition on every broker, each broker the preferred leader of two partitions. */
    static final String TOPIC = "walked";

    private final MixedCluster cluster;
    private final Admin admin;
    private final List<Integer> brokers;
    /** The brokers in order, beginning with each of them once. */
    private final List<List<Integer>> rotations = new ArrayList<>();

    InteropWalk(MixedCluster cluster) {
        this.cluster = cluster;
        this.admin = cluster.nodes().admin();
        this.brokers = cluster.nodes().local().brokers().stream()
                .map(NodeName::brokerId)
                .toList();
        for (int first = 0; first < brokers.size(); first++) {
            List<Integer> rotation = new ArrayList<>(brokers);
            Collections.rotate(rotation, -first);
            rotations.add(rotation);
        }
    }

    private int partitions() {
        return 2 * brokers.size();
    }

    void createTopic() throws Exception {
        create(TOPIC, rotations);
    }

    void create(String topic, List<List<Integer>> replicas) throws Exception {
        NewTopic created = ItCluster.placed(topic, replicas);
        if (replicas.get(0).size() > 2) {
            created.configs(Map.of(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2"));
        }
        cluster.nodes().create(created);
    }

    /** The highest epoch there is, from one who is no controller, must not make a broker deaf to the one who rules. */
    void forgeAController(int broker) throws Exception {
        Uuid topicId = admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get()
                .get(TOPIC)
                .topicId();
        ForgedController forged = new ForgedController(cluster.portOf(broker));
        assertThat(forged.sendUpdateMetadata(TOPIC, topicId)).isEqualTo(Errors.STALE_CONTROLLER_EPOCH);
        assertThat(forged.sendLeaderAndIsr(TOPIC, topicId)).isEqualTo(Errors.STALE_CONTROLLER_EPOCH);
    }

    void expandTopic() throws Exception {
        admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(partitions(), rotations)))
                .all()
                .get();
        awaitFullIsr();
    }

    /** Makes a topic take small records only, and waits until each broker, as a leader, refuses a large one. */
    void changeConfigAndSeeItObeyed() throws Exception {
        String topic = "configured";
        create(topic, brokers.stream().map(List::of).toList());
        ConfigEntry small = new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "4096");
        Awaitility.await("the broker that is asked has been told of the topic")
                .atMost(ItCluster.PATIENCE)
                .ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
                .untilAsserted(() -> admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                List.of(new AlterConfigOp(small, AlterConfigOp.OpType.SET))))
                        .all()
                        .get());
        Map<String, Object> settings =
                Map.of("bootstrap.servers", cluster.nodes().bootstrap(), "enable.idempotence", "false");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int partition = 0; partition < brokers.size(); partition++) {
                var large = new ProducerRecord<byte[], byte[]>(topic, partition, null, new byte[8_192]);
                Awaitility.await("partition " + partition + " refuses a large record")
                        .atMost(ItCluster.PATIENCE)
                        .until(() -> isRefusedAsTooLarge(producer, large));
            }
        }
        deleteTopic(topic);
    }

    private static boolean isRefusedAsTooLarge(
            KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> large) throws InterruptedException {
        try {
            producer.send(large).get();
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof RecordTooLargeException;
        }
    }

    /** Kills a broker, waits until others lead all that it led, and starts it again. */
    void killAndRestart(int broker, AckedLoad load) throws Exception {
        cluster.nodes().kill(broker);
        awaitNothingLedBy(broker);
        load.awaitMore(200);
        restart(broker);
    }

    /** Stops a broker in good order: its leaders must be moved away before it ends. */
    void shutDownAndRestart(int broker, AckedLoad load) throws Exception {
        cluster.nodes().shutDown(broker);
        // Without that, others would lead as soon as its session had ended.
        assertThat(cluster.nodes().logOf(broker))
                .as("words of Regent, of Kafka 3.9 and of Kafka 3.0 for leaders that were moved away")
                .containsAnyOf(
                        "The controller has moved all leaders away",
                        "Controlled shutdown request returned successfully",
                        "Controlled shutdown succeeded");
        awaitNothingLedBy(broker);
        load.awaitMore(200);
        restart(broker);
    }

    void restart(int broker) {
        cluster.nodes().awaitUnregistered(broker);
        cluster.nodes().startBroker(broker);
        cluster.nodes().awaitServing(broker);
        awaitFullIsr();
    }

    void electPreferredLeaders() {
        cluster.nodes().electPreferredLeaders(TOPIC);
    }

    /** Moves a partition of a topic of its own from broker to broker under load, and reads all of it back in the end. */
    void moveAPartitionAlong(int... brokers) throws Exception {
        String topic = "moved";
        create(topic, List.of(List.of(brokers[0])));
        try (AckedLoad load = new AckedLoad(cluster.nodes().bootstrap(), topic)) {
            load.awaitMore(50);
            for (int i = 1; i < brokers.length; i++) {
                List<List<Integer>> target = List.of(List.of(brokers[i]));
                cluster.nodes().reassign(topic, target);
                cluster.nodes().awaitReassigned(topic, target);
                load.awaitMore(50);
                String left = topic + "-0";
                int source = brokers[i - 1];
                Awaitility.await("broker " + source + " has no log of " + left)
                        .atMost(ItCluster.PATIENCE)
                        .until(() -> cluster.logsOf(source, topic).isEmpty());
            }
            load.stopAndVerify();
        }
    }

    /** Deletes a topic and waits until no broker has anything of it. */
    void deleteTopic(String topic) throws Exception {
        admin.deleteTopics(List.of(topic)).all().get();
        for (int broker : brokers) {
            Awaitility.await("the logs of " + topic + " at broker " + broker + " are gone")
                    .atMost(ItCluster.PATIENCE)
                    .until(() -> cluster.logsOf(broker, topic).isEmpty());
        }
        cluster.nodes().awaitForgotten(topic);
        // A node that only rules may be the one that is asked.
        Awaitility.await(topic + " is listed no more")
                .atMost(ItCluster.PATIENCE)
                .ignoreExceptions()
                .until(() -> !admin.listTopics().names().get().contains(topic));
    }

    /** Waits until all replicas of each partition are in sync and every broker says so. */
    void awaitFullIsr() {
        cluster.nodes().awaitIsr(TOPIC, brokers.size());
    }

    private void awaitNothingLedBy(int broker) {
        try (ZooKeeperView view = cluster.nodes().zooKeeper()) {
            Awaitility.await("nothing led by broker " + broker)
                    .atMost(ItCluster.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> IntStream.range(0, partitions())
                            .map(partition -> view.leaderOf(TOPIC, partition))
                            .noneMatch(leader -> leader == broker || leader < 0));
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
