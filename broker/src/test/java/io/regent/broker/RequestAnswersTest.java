package io.regent.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.regent.broker.network.TestClient;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignmentCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What one broker answers to requests that no good client sends, as Kafka 3.9.2 answers them. */
class RequestAnswersTest {
    private static final String TOPIC = "orders";
    private static final short PRODUCE_VERSION = 11;
    private static final short FETCH_VERSION = 16;
    private static final int TIMEOUT_MS = 10_000;

    @TempDir
    private static Path dir;

    private static TestCluster cluster;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        cluster = new TestCluster(dir);
        String address = TestCluster.address(cluster.start(1, Map.of("auto.create.topics.enable", "false")));
        port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        // The controller is this very broker, once it has won its election.
        Awaitility.await().until(() -> create(topic(TOPIC, 2, 1)), code -> code != Errors.NOT_CONTROLLER.code());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    static Stream<Arguments> badTopics() {
        return Stream.of(
                Arguments.of(topic("", 1, 1), Errors.INVALID_TOPIC_EXCEPTION),
                Arguments.of(topic("..", 1, 1), Errors.INVALID_TOPIC_EXCEPTION),
                Arguments.of(topic("a b", 1, 1), Errors.INVALID_TOPIC_EXCEPTION),
                Arguments.of(topic("a/b", 1, 1), Errors.INVALID_TOPIC_EXCEPTION),
                Arguments.of(topic("a\0b", 1, 1), Errors.INVALID_TOPIC_EXCEPTION),
                Arguments.of(topic("x".repeat(250), 1, 1), Errors.INVALID_TOPIC_EXCEPTION),
                Arguments.of(topic("__cluster_metadata", 1, 1), Errors.INVALID_REQUEST),
                Arguments.of(topic(TOPIC, 1, 1), Errors.TOPIC_ALREADY_EXISTS),
                Arguments.of(topic("bad", 0, 1), Errors.INVALID_PARTITIONS),
                Arguments.of(topic("bad", 1, 2), Errors.INVALID_REPLICATION_FACTOR),
                Arguments.of(topic("bad", 1, 0), Errors.INVALID_REPLICATION_FACTOR),
                Arguments.of(assigned("bad", 0, List.of(1, 1)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(assigned("bad", 1, List.of(1)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(assigned("bad", 0, List.of(9)), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(assigned("bad", 0, List.of()), Errors.INVALID_REPLICA_ASSIGNMENT),
                Arguments.of(configured("bad", "no.such.key", "1"), Errors.INVALID_CONFIG),
                Arguments.of(configured("bad", "retention.ms", "soon"), Errors.INVALID_CONFIG),
                Arguments.of(configured("bad", "retention.ms", null), Errors.INVALID_CONFIG));
    }

    @ParameterizedTest
    @MethodSource("badTopics")
    void aBadTopicIsRefused(CreatableTopic topic, Errors expected) throws Exception {
        assertThat(create(topic)).isEqualTo(expected.code());
    }

    @Test
    void aRefusedTopicConfigIsNamed() throws Exception {
        CreatableTopicResult result = creation(configured("bad", "retention.ms", "soon"))
                .data()
                .topics()
                .find("bad");

        assertThat(result.errorMessage()).contains("retention.ms");
    }

    @Test
    void theSameTopicTwiceInOneRequestIsRefused() throws Exception {
        assertThat(creation(topic("twice", 1, 1), topic("twice", 1, 1)).data().topics())
                .hasSize(2)
                .allSatisfy(result -> assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code()));
    }

    @Test
    void aCreatedTopicIsDescribedWithItsConfiguration() throws Exception {
        CreatableTopicResult result = creation(configured("described", "retention.ms", "12345"))
                .data()
                .topics()
                .find("described");

        assertThat(result.errorCode()).isZero();
        assertThat(result.topicId()).isNotEqualTo(Uuid.ZERO_UUID);
        assertThat(result.numPartitions()).isEqualTo(1);
        assertThat(result.configs()).anySatisfy(config -> {
            assertThat(config.name()).isEqualTo("retention.ms");
            assertThat(config.value()).isEqualTo("12345");
        });
    }

    @Test
    void fewerPartitionsAndUnknownTopicsAreRefused() throws Exception {
        assertThat(expand(TOPIC, 1)).isEqualTo(Errors.INVALID_PARTITIONS.code());
        assertThat(expand("nowhere", 3)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(call(new DeleteTopicsRequest.Builder(new DeleteTopicsRequestData()
                                        .setTopicNames(List.of("nowhere"))
                                        .setTimeoutMs(TIMEOUT_MS))
                                .build((short) 5))
                        .errorCounts())
                .containsKey(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void anElectionThatIsNotNeededOrOfNothingSaysSo() throws Exception {
        assertThat(elect(new TopicPartition(TOPIC, 0))).containsKey(Errors.ELECTION_NOT_NEEDED);
        assertThat(elect(new TopicPartition("nowhere", 0))).containsKey(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void badProducesAreRefused() throws Exception {
        assertThat(produce(TOPIC, 2, records(0, 0)).errorCode()).isEqualTo(Errors.INVALID_REQUIRED_ACKS.code());
        assertThat(produce("nowhere", 1, records(0, 0)).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(produce(TOPIC, 1, twoBatches()).errorCode()).isEqualTo(Errors.INVALID_RECORD.code());
        assertThat(produce(TOPIC, 1, corrupt()).errorCode()).isEqualTo(Errors.CORRUPT_MESSAGE.code());
        assertThat(produce("__consumer_offsets", 1, records(0, 0)).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void anIdempotentProducersDuplicateGapAndOldEpochAreToldApart() throws Exception {
        long id = producerId().data().producerId();
        PartitionProduceResponse first = produce(TOPIC, 1, records(id, (short) 1, 0));

        assertThat(first.errorCode()).isZero();
        PartitionProduceResponse again = produce(TOPIC, 1, records(id, (short) 1, 0));
        assertThat(again.errorCode()).isZero();
        assertThat(again.baseOffset()).isEqualTo(first.baseOffset());
        assertThat(produce(TOPIC, 1, records(id, (short) 1, 5)).errorCode())
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code());
        assertThat(produce(TOPIC, 1, records(id, (short) 0, 1)).errorCode())
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH.code());
    }

    @Test
    void anErrorWithoutAcknowledgementClosesTheConnection() throws Exception {
        try (TestClient client = new TestClient(port)) {
            client.send(produceRequest("nowhere", 0, records(0, 0)), 1);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void badFetchesAreRefused() throws Exception {
        Uuid id = topicId();
        assertThat(fetch(id, 1_000_000, Optional.empty())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
        assertThat(fetch(id, 0, Optional.of(99))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH.code());
        assertThat(fetch(Uuid.randomUuid(), 0, Optional.empty())).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        FetchRequest unknownSession = FetchRequest.Builder.forConsumer(FETCH_VERSION, 0, 1, Map.of())
                .metadata(new FetchMetadata(4711, 1))
                .build(FETCH_VERSION);
        assertThat(((FetchResponse) call(unknownSession)).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void transactionsAreRefusedForGood() throws Exception {
        InitProducerIdRequest init = new InitProducerIdRequest.Builder(new InitProducerIdRequestData()
                        .setTransactionalId("transfer")
                        .setTransactionTimeoutMs(1000))
                .build();
        assertThat(((InitProducerIdResponse) call(init)).error()).isEqualTo(Errors.UNSUPPORTED_VERSION);
        FindCoordinatorRequest find = new FindCoordinatorRequest.Builder(new FindCoordinatorRequestData()
                        .setKeyType(FindCoordinatorRequest.CoordinatorType.TRANSACTION.id())
                        .setCoordinatorKeys(List.of("transfer")))
                .build((short) 4);
        assertThat(((FindCoordinatorResponse) call(find)).coordinators())
                .allSatisfy(found -> assertThat(found.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code()));
    }

    @Test
    void metadataOfWhatDoesNotExistSaysWhy() throws Exception {
        MetadataResponse response = (MetadataResponse)
                call(new MetadataRequest.Builder(List.of("nowhere", "a b", TOPIC), true).build((short) 12));

        assertThat(response.errors())
                .containsEntry("nowhere", Errors.UNKNOWN_TOPIC_OR_PARTITION)
                .containsEntry("a b", Errors.INVALID_TOPIC_EXCEPTION)
                .doesNotContainKey(TOPIC);
        assertThat(response.controller().id()).isEqualTo(1);
    }

    @Test
    void aBrokersConfigurationIsDescribedWithItsSources() throws Exception {
        DescribeConfigsResponse response = describe(ConfigResource.Type.BROKER, "1");

        assertThat(response.data().results().get(0).configs())
                .anySatisfy(config -> {
                    assertThat(config.name()).isEqualTo("inter.broker.protocol.version");
                    assertThat(config.value()).isEqualTo("3.9-IV0");
                })
                .anySatisfy(config -> assertThat(config.name()).isEqualTo("delete.topic.enable"));
        assertThat(describe(ConfigResource.Type.BROKER, "2").errorCounts()).containsKey(Errors.INVALID_REQUEST);
        assertThat(describe(ConfigResource.Type.TOPIC, "nowhere").errorCounts())
                .containsKey(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static AbstractResponse call(AbstractRequest request) throws Exception {
        try (TestClient client = new TestClient(port)) {
            return client.call(request, 1);
        }
    }

    private static short create(CreatableTopic topic) throws Exception {
        return creation(topic).data().topics().iterator().next().errorCode();
    }

    private static CreateTopicsResponse creation(CreatableTopic... topics) throws Exception {
        CreatableTopicCollection collection = new CreatableTopicCollection();
        for (CreatableTopic topic : topics) {
            collection.add(topic.duplicate());
        }
        return (CreateTopicsResponse) call(new CreateTopicsRequest.Builder(
                        new CreateTopicsRequestData().setTopics(collection).setTimeoutMs(TIMEOUT_MS))
                .build());
    }

    private static CreatableTopic topic(String name, int partitions, int replicationFactor) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short)
                replicationFactor);
    }

    private static CreatableTopic assigned(String name, int partition, List<Integer> replicas) {
        CreatableReplicaAssignmentCollection assignments = new CreatableReplicaAssignmentCollection();
        assignments.add(
                new CreatableReplicaAssignment().setPartitionIndex(partition).setBrokerIds(replicas));
        return topic(name, -1, -1).setAssignments(assignments);
    }

    private static CreatableTopic configured(String name, String key, String value) {
        CreatableTopicConfigCollection configs = new CreatableTopicConfigCollection();
        configs.add(new CreatableTopicConfig().setName(key).setValue(value));
        return topic(name, 1, 1).setConfigs(configs);
    }

    private static short expand(String topic, int count) throws Exception {
        CreatePartitionsTopicCollection topics = new CreatePartitionsTopicCollection();
        topics.add(new CreatePartitionsTopic().setName(topic).setCount(count).setAssignments(null));
        CreatePartitionsRequest request = new CreatePartitionsRequest.Builder(
                        new CreatePartitionsRequestData().setTopics(topics).setTimeoutMs(TIMEOUT_MS))
                .build();
        return ((CreatePartitionsResponse) call(request))
                .data()
                .results()
                .get(0)
                .errorCode();
    }

    private static Map<Errors, Integer> elect(TopicPartition partition) throws Exception {
        ElectLeadersRequest request =
                new ElectLeadersRequest.Builder(ElectionType.PREFERRED, List.of(partition), TIMEOUT_MS).build();
        return ((ElectLeadersResponse) call(request)).errorCounts();
    }

    private static InitProducerIdResponse producerId() throws Exception {
        return (InitProducerIdResponse) call(new InitProducerIdRequest.Builder(
                        new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1000))
                .build());
    }

    private static ProduceRequest produceRequest(String topic, int acks, MemoryRecords records) {
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setName(topic)
                .setPartitionData(List.of(new PartitionProduceData().setIndex(0).setRecords(records))));
        return new ProduceRequest(
                new ProduceRequestData()
                        .setAcks((short) acks)
                        .setTimeoutMs(TIMEOUT_MS)
                        .setTopicData(topics),
                PRODUCE_VERSION);
    }

    private static PartitionProduceResponse produce(String topic, int acks, MemoryRecords records) throws Exception {
        ProduceResponse response = (ProduceResponse) call(produceRequest(topic, acks, records));
        return response.data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
    }

    private static SimpleRecord value() {
        return new SimpleRecord("value".getBytes(UTF_8));
    }

    private static MemoryRecords records(long offset, int leaderEpoch) {
        return MemoryRecords.withRecords(offset, Compression.NONE, leaderEpoch, value());
    }

    private static MemoryRecords records(long producerId, short epoch, int sequence) {
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, epoch, sequence, value());
    }

    private static MemoryRecords twoBatches() {
        ByteBuffer one = records(0, RecordBatch.NO_PARTITION_LEADER_EPOCH).buffer();
        ByteBuffer two = ByteBuffer.allocate(2 * one.remaining());
        two.put(one.duplicate()).put(one.duplicate()).flip();
        return MemoryRecords.readableRecords(two);
    }

    private static MemoryRecords corrupt() {
        ByteBuffer batch = records(0, RecordBatch.NO_PARTITION_LEADER_EPOCH).buffer();
        int last = batch.limit() - 1;
        batch.put(last, (byte) (batch.get(last) + 1));
        return MemoryRecords.readableRecords(batch);
    }

    private static Uuid topicId() throws Exception {
        MetadataResponse response =
                (MetadataResponse) call(new MetadataRequest.Builder(List.of(TOPIC), false).build((short) 12));
        return response.data().topics().find(TOPIC).topicId();
    }

    private static short fetch(Uuid topicId, long offset, Optional<Integer> leaderEpoch) throws Exception {
        Map<TopicPartition, FetchRequest.PartitionData> asked = new LinkedHashMap<>();
        asked.put(new TopicPartition(TOPIC, 0), new FetchRequest.PartitionData(topicId, offset, 0, 1000, leaderEpoch));
        FetchRequest request =
                FetchRequest.Builder.forConsumer(FETCH_VERSION, 0, 1, asked).build(FETCH_VERSION);
        FetchResponseData data = ((FetchResponse) call(request)).data();
        return data.responses().get(0).partitions().get(0).errorCode();
    }

    private static DescribeConfigsResponse describe(ConfigResource.Type type, String name) throws Exception {
        return (DescribeConfigsResponse) call(new DescribeConfigsRequest.Builder(new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsResource()
                                .setResourceType(type.id())
                                .setResourceName(name)
                                .setConfigurationKeys(null))))
                .build());
    }
}
