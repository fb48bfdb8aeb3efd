package io.regent.controller.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.regent.controller.Announcements;
import io.regent.controller.Reign;
import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicDeletion;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrRequestData;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrLiveLeader;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrTopicState;
import org.apache.kafka.common.message.UpdateMetadataRequestData;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataEndpoint;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataTopicState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written by hand is held against Kafka's own classes, on clusters in all the states that a partition can be in. */
class TopicsBodyTest {

    private static final short LATEST = ApiKeys.LEADER_AND_ISR.latestVersion();
    private static final Reign REIGN = new Reign(7, 8, 8);
    private static final long BROKER_EPOCH = 1L << 40;
    private static final List<BrokerRegistration> LIVE =
            List.of(Fixtures.broker(1, 11, 9091), Fixtures.broker(2, 12, 9092));

    private final ControlRequests requests = new ControlRequests(
            REIGN,
            new LinkSettings(7, "PLAINTEXT", LinkSettings.DEFAULT_REQUEST_TIMEOUT_MS, 1_000_000, Optional.empty()));

    /** Topics with reassignments, recovering leaders, missing leaders, states and partitions, and lists of many ids. */
    private static ClusterImage anyCluster(long seed) {
        Random random = new Random(seed);
        List<TopicImage> topics = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            int partitions = 1 + random.nextInt(200);
            Assignment[] assignments = new Assignment[partitions];
            PartitionState[] states = new PartitionState[partitions];
            for (int partition = 0; partition < partitions; partition++) {
                Replicas replicas = ids(random, random.nextInt(40) == 0 ? 200 : 1 + random.nextInt(3));
                boolean moves = random.nextInt(10) == 0;
                assignments[partition] = random.nextInt(30) == 0
                        ? Assignment.NONE
                        : Assignment.of(
                                replicas,
                                moves ? Replicas.of(replicas.get(0)) : Replicas.NONE,
                                moves ? ids(random, 1) : Replicas.NONE);
                states[partition] = random.nextInt(20) == 0 || !assignments[partition].exists()
                        ? PartitionState.NONE
                        : new PartitionState(
                                random.nextInt(4) - 1,
                                random.nextInt(),
                                ids(random, random.nextInt(4)),
                                LeaderRecovery.of(random.nextInt(2)),
                                random.nextInt(9),
                                random.nextInt());
            }
            topics.add(TopicImage.of("täglich-" + number, new TopicId(7, number), Map.of(), 0, assignments, states));
        }
        ClusterImage image = ClusterImage.of(LIVE, topics, Set.of());
        if (random.nextBoolean()) {
            image = image.edit()
                    .putDeletion(topics.get(0).name(), TopicDeletion.ASKED)
                    .image();
        }
        if (random.nextBoolean()) {
            image = image.edit()
                    .putOfflineReplicas(1, Set.of(new PartitionId(topics.get(1).name(), 0)))
                    .image();
        }
        return image;
    }

    private static Replicas ids(Random random, int count) {
        Set<Integer> ids = new TreeSet<>();
        while (ids.size() < count) {
            ids.add(1 + random.nextInt(3 + count));
        }
        return Replicas.of(ids);
    }

    private static List<TopicStates> everything(ClusterImage image) {
        List<TopicStates> told = new ArrayList<>();
        for (String name : image.topicNames()) {
            int partitions = image.topic(name).orElseThrow().partitionCount();
            BitSet news = new BitSet();
            IntStream.range(0, partitions).filter(p -> p % 3 == 0).forEach(news::set);
            told.add(new TopicStates(name, IntStream.range(0, partitions).toArray(), news, image, null, 0));
        }
        return told;
    }

    private static byte[] bytes(Body body) {
        ByteBuffer whole = ByteBuffer.allocate(body.bytes());
        body.parts().forEach(whole::put);
        assertThat(whole.hasRemaining()).isFalse();
        return whole.array();
    }

    private Body leaderAndIsr(ClusterImage image, short version) {
        return requests.leaderAndIsr(new Outbox.Batch.LeaderAndIsr(image, everything(image)), BROKER_EPOCH, version);
    }

    private static byte[] leaderAndIsrAsKafkaWritesIt(ClusterImage image, short version) {
        Set<Integer> leaders = new TreeSet<>();
        List<LeaderAndIsrTopicState> topics = new ArrayList<>();
        for (TopicStates told : everything(image)) {
            TopicImage topic = image.topic(told.name()).orElseThrow();
            List<LeaderAndIsrPartitionState> states = new ArrayList<>();
            for (int p = 0; p < topic.partitionCount(); p++) {
                PartitionState state = topic.state(p);
                Assignment assignment = topic.assignment(p);
                if (state.exists()) {
                    leaders.add(state.leader());
                    states.add(new LeaderAndIsrPartitionState()
                            .setPartitionIndex(p)
                            .setControllerEpoch(state.controllerEpoch())
                            .setLeader(state.leader())
                            .setLeaderEpoch(state.leaderEpoch())
                            .setIsr(state.isr().toList())
                            .setPartitionEpoch(state.version())
                            .setReplicas(assignment.replicas().toList())
                            .setAddingReplicas(assignment.adding().toList())
                            .setRemovingReplicas(assignment.removing().toList())
                            .setIsNew(p % 3 == 0)
                            .setLeaderRecoveryState(
                                    (byte) (version < 6 ? 0 : state.recovery().code())));
                }
            }
            if (!states.isEmpty()) {
                topics.add(new LeaderAndIsrTopicState()
                        .setTopicName(told.name())
                        .setTopicId(new Uuid(
                                topic.id().mostSignificantBits(), topic.id().leastSignificantBits()))
                        .setPartitionStates(states));
            }
        }
        List<LeaderAndIsrLiveLeader> live = LIVE.stream()
                .filter(broker -> leaders.contains(broker.id()))
                .map(broker -> new LeaderAndIsrLiveLeader()
                        .setBrokerId(broker.id())
                        .setHostName("127.0.0.1")
                        .setPort(9090 + broker.id()))
                .toList();
        LeaderAndIsrRequestData request = new LeaderAndIsrRequestData()
                .setControllerId(REIGN.controllerId())
                .setControllerEpoch(REIGN.epoch())
                .setBrokerEpoch(BROKER_EPOCH)
                .setTopicStates(topics)
                .setLiveLeaders(live);
        return MessageUtil.toByteBuffer(request, version).array();
    }

    private static byte[] updateMetadataAsKafkaWritesIt(ClusterImage image, short version) {
        List<UpdateMetadataTopicState> topics = new ArrayList<>();
        for (TopicStates told : everything(image)) {
            TopicImage topic = image.topic(told.name()).orElseThrow();
            boolean deleted = image.isBeingDeleted(told.name());
            List<UpdateMetadataPartitionState> states = new ArrayList<>();
            for (int p = 0; p < topic.partitionCount(); p++) {
                PartitionState state = topic.state(p);
                PartitionId partition = new PartitionId(told.name(), p);
                Replicas replicas = topic.assignment(p).replicas();
                if (state.exists()) {
                    states.add(new UpdateMetadataPartitionState()
                            .setPartitionIndex(p)
                            .setControllerEpoch(state.controllerEpoch())
                            .setLeader(deleted ? Announcements.LEADER_DURING_DELETE : state.leader())
                            .setLeaderEpoch(state.leaderEpoch())
                            .setIsr(state.isr().toList())
                            .setZkVersion(state.version())
                            .setReplicas(replicas.toList())
                            .setOfflineReplicas(replicas.filter(broker -> !image.isReplicaOnline(broker, partition))
                                    .toList()));
                }
            }
            if (!states.isEmpty()) {
                topics.add(new UpdateMetadataTopicState()
                        .setTopicName(told.name())
                        .setTopicId(new Uuid(
                                topic.id().mostSignificantBits(), topic.id().leastSignificantBits()))
                        .setPartitionStates(states));
            }
        }
        List<UpdateMetadataBroker> live = LIVE.stream()
                .map(broker -> new UpdateMetadataBroker()
                        .setId(broker.id())
                        .setRack("r" + broker.id())
                        .setEndpoints(List.of(new UpdateMetadataEndpoint()
                                .setHost("127.0.0.1")
                                .setPort(9090 + broker.id())
                                .setListener("PLAINTEXT")
                                .setSecurityProtocol((short) 0))))
                .toList();
        UpdateMetadataRequestData request = new UpdateMetadataRequestData()
                .setControllerId(REIGN.controllerId())
                .setControllerEpoch(REIGN.epoch())
                .setBrokerEpoch(BROKER_EPOCH)
                .setTopicStates(topics)
                .setLiveBrokers(live);
        return MessageUtil.toByteBuffer(request, version).array();
    }

    @ParameterizedTest
    @ValueSource(shorts = {5, 6, 7})
    void leaderAndIsrIsAsKafkaWritesIt(short version) {
        for (long seed = 0; seed < 30; seed++) {
            ClusterImage image = anyCluster(seed);
            assertThat(bytes(leaderAndIsr(image, version)))
                    .as("seed %d", seed)
                    .isEqualTo(leaderAndIsrAsKafkaWritesIt(image, version));
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {7, 8})
    void updateMetadataIsAsKafkaWritesIt(short version) {
        for (long seed = 0; seed < 30; seed++) {
            ClusterImage image = anyCluster(seed);
            Body body = new SharedMetadata(requests)
                    .of(new Outbox.Batch.UpdateMetadata(image, everything(image)), version, BROKER_EPOCH);
            assertThat(bytes(body)).as("seed %d", seed).isEqualTo(updateMetadataAsKafkaWritesIt(image, version));
        }
    }

    @Test
    void aRequestThatNamesNothingIsWrittenToo() {
        ClusterImage image = Fixtures.image(LIVE);
        assertThat(bytes(leaderAndIsr(image, LATEST))).isEqualTo(leaderAndIsrAsKafkaWritesIt(image, LATEST));
    }

    @Test
    void aTopicThatIsGoneByNowIsLeftOut() {
        ClusterImage image = Fixtures.image(LIVE, Fixtures.topic("stays", 3, 1));
        TopicStates gone = new TopicStates("gone", new int[] {0}, new BitSet(), image, null, 0);
        List<TopicStates> told = new ArrayList<>(List.of(gone));
        told.addAll(everything(image));

        Body body = requests.leaderAndIsr(new Outbox.Batch.LeaderAndIsr(image, told), BROKER_EPOCH, LATEST);

        assertThat(bytes(body)).isEqualTo(leaderAndIsrAsKafkaWritesIt(image, LATEST));
    }

    @Test
    void itCanBeWrittenAgainAfterALostConnection() {
        Body body = leaderAndIsr(anyCluster(1), LATEST);
        byte[] first = bytes(body);
        assertThat(bytes(body)).isEqualTo(first);
    }

    @Test
    void aLargeRequestIsNeverInMemoryAsAWhole() {
        TopicImage[] topics = IntStream.range(0, 400)
                .mapToObj(topic -> Fixtures.topic("topic-" + topic, 50, 1))
                .toArray(TopicImage[]::new);
        Body body = leaderAndIsr(Fixtures.image(LIVE, topics), LATEST);
        List<Integer> sizes = new ArrayList<>();
        body.parts().forEach(part -> sizes.add(part.remaining()));
        assertThat(body.bytes()).isGreaterThan(800_000);
        assertThat(sizes).allMatch(size -> size < 70_000);
    }

    @Test
    void aFrameIsItsLengthItsHeaderAndItsBodyInChunks() {
        ClusterImage image = Fixtures.image(LIVE, Fixtures.topic("orders", 4_000, 1));
        RequestHeader header = new RequestHeader(ApiKeys.LEADER_AND_ISR, LATEST, "client", 42);
        RequestFrame frame = new RequestFrame(header, leaderAndIsr(image, LATEST));
        ByteBuf sent = Unpooled.buffer();
        while (!frame.isEndOfInput()) {
            ByteBuf chunk = frame.readChunk(UnpooledByteBufAllocator.DEFAULT);
            assertThat(chunk.readableBytes()).isPositive().isLessThanOrEqualTo(64 * 1024);
            sent.writeBytes(chunk);
            chunk.release();
        }
        ByteBuf expected = Unpooled.buffer();
        ByteBuffer head = MessageUtil.toByteBuffer(header.data(), header.headerVersion());
        byte[] body = leaderAndIsrAsKafkaWritesIt(image, LATEST);
        expected.writeInt(head.remaining() + body.length).writeBytes(head).writeBytes(body);
        assertThat(sent).isEqualTo(expected);
        assertThat(frame.progress()).isEqualTo(frame.length()).isEqualTo(expected.readableBytes());
    }
}
