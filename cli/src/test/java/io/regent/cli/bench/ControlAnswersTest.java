package io.regent.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaPartitionState;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaTopicState;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataEndpoint;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.LeaderAndIsrResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.StopReplicaResponse;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.apache.kafka.common.requests.UpdateMetadataResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read and written by hand, against Kafka's own classes. */
class ControlAnswersTest {
    private static final int CONTROLLER = 101;
    private static final int CONTROLLER_EPOCH = 7;
    private static final long BROKER_EPOCH = 1L << 40;

    private final Catalog catalog = new Catalog(5, 300);
    private final ControlAnswers answers = new ControlAnswers(catalog);
    private final List<String> told = new ArrayList<>();
    private ControlScan.Head head;
    private Errors verdict = Errors.NONE;

    @BeforeEach
    void fill() {
        catalog.addAll(300, 150);
    }

    @ParameterizedTest
    @ValueSource(shorts = {5, 6, 7})
    void aLeaderAndIsrIsReadAndEachPartitionAnswered(short version) {
        LeaderAndIsrRequest request = leaderAndIsr(version);
        LeaderAndIsrResponse response = (LeaderAndIsrResponse) ask(ApiKeys.LEADER_AND_ISR, version, request);
        assertThat(head)
                .isEqualTo(new ControlScan.Head(Channel.LEADER_AND_ISR, CONTROLLER, CONTROLLER_EPOCH, BROKER_EPOCH));
        assertThat(told).containsExactly("0 led by 1 in 0", "149 led by 2 in 149", "150 led by 3 in 0");
        assertThat(response.error()).isEqualTo(Errors.NONE);
        Map<Uuid, String> names = Map.of(
                new Uuid(1, 1), "load-000000",
                new Uuid(1, 2), "load-000001",
                new Uuid(1, 3), "foreign");
        assertThat(response.partitionErrors(names))
                .containsOnlyKeys(
                        new TopicPartition("load-000000", 0),
                        new TopicPartition("load-000000", 149),
                        new TopicPartition("load-000001", 0),
                        new TopicPartition("foreign", 0))
                .allSatisfy((partition, error) -> assertThat(error).isEqualTo(Errors.NONE));
    }

    @ParameterizedTest
    @ValueSource(shorts = {7, 8})
    void anUpdateMetadataIsReadAndAnswered(short version) {
        UpdateMetadataRequest request = updateMetadata(version);
        UpdateMetadataResponse response = (UpdateMetadataResponse) ask(ApiKeys.UPDATE_METADATA, version, request);
        assertThat(head)
                .isEqualTo(new ControlScan.Head(Channel.UPDATE_METADATA, CONTROLLER, CONTROLLER_EPOCH, BROKER_EPOCH));
        assertThat(told).containsExactly("149 led by 2 in 149", "150 led by 3 in 0");
        assertThat(response.error()).isEqualTo(Errors.NONE);
    }

    @Test
    void aRefusedRequestIsAnsweredWithTheErrorAndTellsNothing() {
        verdict = Errors.STALE_CONTROLLER_EPOCH;
        short version = ApiKeys.LEADER_AND_ISR.latestVersion();
        LeaderAndIsrResponse leaderAndIsr =
                (LeaderAndIsrResponse) ask(ApiKeys.LEADER_AND_ISR, version, leaderAndIsr(version));
        assertThat(leaderAndIsr.error()).isEqualTo(Errors.STALE_CONTROLLER_EPOCH);
        version = ApiKeys.UPDATE_METADATA.latestVersion();
        UpdateMetadataResponse metadata =
                (UpdateMetadataResponse) ask(ApiKeys.UPDATE_METADATA, version, updateMetadata(version));
        assertThat(metadata.error()).isEqualTo(Errors.STALE_CONTROLLER_EPOCH);
        assertThat(told).isEmpty();
    }

    @Test
    void versionsAreAdvertisedAsABrokerOfKafkaDoes() {
        short version = ApiKeys.API_VERSIONS.latestVersion();
        ApiVersionsResponse response = (ApiVersionsResponse)
                ask(ApiKeys.API_VERSIONS, version, new ApiVersionsRequest.Builder().build(version));
        assertThat(response.apiVersion(ApiKeys.UPDATE_METADATA.id).maxVersion()).isEqualTo((short) 8);
    }

    @Test
    void stoppedReplicasAreAnsweredOneByOne() {
        short version = ApiKeys.STOP_REPLICA.latestVersion();
        var topic = new StopReplicaTopicState()
                .setTopicName("load-000000")
                .setPartitionStates(List.of(new StopReplicaPartitionState().setPartitionIndex(3)));
        StopReplicaResponse response = (StopReplicaResponse) ask(
                ApiKeys.STOP_REPLICA,
                version,
                new StopReplicaRequest.Builder(
                                version, CONTROLLER, CONTROLLER_EPOCH, BROKER_EPOCH, false, List.of(topic))
                        .build(version));
        assertThat(response.partitionErrors()).singleElement().satisfies(error -> {
            assertThat(error.topicName()).isEqualTo("load-000000");
            assertThat(error.partitionIndex()).isEqualTo(3);
        });
    }

    @Test
    void whatNobodyWouldAskIsRefused() {
        short version = 4;
        assertThatThrownBy(() -> ask(ApiKeys.LEADER_AND_ISR, version, leaderAndIsr(version)))
                .hasMessage("LeaderAndIsr came in version 4; this benchmark understands 5 and later");
    }

    private AbstractResponse ask(ApiKeys key, short version, AbstractRequest request) {
        RequestHeader header = new RequestHeader(key, version, "the controller", 42);
        ByteBuffer frame = request.serializeWithHeader(header);
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        ByteBuffer answer = answers.answer(bytes, seen -> {
            head = seen;
            return verdict == Errors.NONE
                    ? new ControlScan.Verdict(
                            verdict,
                            (partition, leader, leaderEpoch) ->
                                    told.add(partition + " led by " + leader + " in " + leaderEpoch))
                    : ControlScan.Verdict.refused(verdict);
        });
        return AbstractResponse.parseResponse(answer, header);
    }

    private static LeaderAndIsrRequest leaderAndIsr(short version) {
        List<LeaderAndIsrPartitionState> states = List.of(
                state("load-000000", 0, 1),
                state("load-000000", 149, 2),
                state("load-000001", 0, 3),
                state("foreign", 0, 1));
        Map<String, Uuid> ids =
                Map.of("load-000000", new Uuid(1, 1), "load-000001", new Uuid(1, 2), "foreign", new Uuid(1, 3));
        return new LeaderAndIsrRequest.Builder(
                        version,
                        CONTROLLER,
                        CONTROLLER_EPOCH,
                        BROKER_EPOCH,
                        states,
                        ids,
                        List.of(new Node(1, "127.0.0.1", 9092)))
                .build(version);
    }

    private static LeaderAndIsrPartitionState state(String topic, int partition, int leader) {
        return new LeaderAndIsrPartitionState()
                .setTopicName(topic)
                .setPartitionIndex(partition)
                .setControllerEpoch(CONTROLLER_EPOCH)
                .setLeader(leader)
                .setLeaderEpoch(partition)
                .setIsr(List.of(1, 4))
                .setPartitionEpoch(9)
                .setReplicas(List.of(1, 4, 2))
                .setAddingReplicas(List.of(2))
                .setRemovingReplicas(List.of())
                .setIsNew(true);
    }

    private static UpdateMetadataRequest updateMetadata(short version) {
        List<UpdateMetadataPartitionState> states = new ArrayList<>();
        for (LeaderAndIsrPartitionState state :
                List.of(state("load-000000", 149, 2), state("load-000001", 0, 3), state("foreign", 0, 1))) {
            states.add(new UpdateMetadataPartitionState()
                    .setTopicName(state.topicName())
                    .setPartitionIndex(state.partitionIndex())
                    .setLeader(state.leader())
                    .setLeaderEpoch(state.leaderEpoch())
                    .setIsr(state.isr())
                    .setReplicas(state.replicas())
                    .setOfflineReplicas(List.of(4)));
        }
        UpdateMetadataBroker broker = new UpdateMetadataBroker()
                .setId(1)
                .setEndpoints(List.of(new UpdateMetadataEndpoint()
                        .setHost("127.0.0.1")
                        .setPort(9092)
                        .setListener("PLAINTEXT")))
                .setRack("here");
        return new UpdateMetadataRequest.Builder(
                        version,
                        CONTROLLER,
                        CONTROLLER_EPOCH,
                        BROKER_EPOCH,
                        states,
                        List.of(broker),
                        Map.of("load-000000", new Uuid(1, 1)))
                .build(version);
    }
}
