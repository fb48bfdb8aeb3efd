package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.BrokerProbe;
import io.regent.metadata.PartitionState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignmentCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;

/**
 * Asks the controller what clients and brokers ask of it.
 *
 * <p>One thread.
 */
final class ControllerClient implements AutoCloseable {
    private static final short CREATE_TOPICS_VERSION = 5;
    private static final short ALTER_PARTITION_VERSION = 3;

    private final BrokerProbe probe;
    private final int timeoutMs;

    private ControllerClient(BrokerProbe probe, int timeoutMs) {
        this.probe = probe;
        this.timeoutMs = timeoutMs;
    }

    /** Connects to the node that rules. */
    static ControllerClient connect(TestBed bed) {
        int timeoutMs = Math.toIntExact(bed.settings().timeoutMs());
        try {
            return new ControllerClient(
                    BrokerProbe.connect("127.0.0.1", bed.nodes().portOf(bed.ruler()), timeoutMs), timeoutMs);
        } catch (IOException e) {
            throw new CommandFailure("cannot reach the controller: " + e.getMessage(), e);
        }
    }

    /** Creates a topic with these replicas, by partition. */
    void createTopic(String name, List<int[]> replicas) {
        CreatableReplicaAssignmentCollection assignments = new CreatableReplicaAssignmentCollection();
        for (int p = 0; p < replicas.size(); p++) {
            assignments.add(new CreatableReplicaAssignment()
                    .setPartitionIndex(p)
                    .setBrokerIds(IntStream.of(replicas.get(p)).boxed().toList()));
        }
        CreatableTopicCollection topics = new CreatableTopicCollection();
        topics.add(new CreatableTopic()
                .setName(name)
                .setNumPartitions(-1)
                .setReplicationFactor((short) -1)
                .setAssignments(assignments));
        CreateTopicsRequestData request =
                new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(timeoutMs);
        var response = (CreateTopicsResponse) ask(
                ApiKeys.CREATE_TOPICS,
                CREATE_TOPICS_VERSION,
                new CreateTopicsRequest.Builder(request).build(CREATE_TOPICS_VERSION));
        response.data().topics().forEach(topic -> require("create " + name, topic.errorCode()));
    }

    /** Asks as the leader for an ISR without the last of its members. */
    void shrinkIsr(FakeBroker leader, Uuid topicId, int partition, PartitionState state) {
        List<BrokerState> isr = new ArrayList<>();
        for (int i = 0; i < state.isr().size() - 1; i++) {
            isr.add(new BrokerState().setBrokerId(state.isr().get(i)));
        }
        AlterPartitionRequestData request = new AlterPartitionRequestData()
                .setBrokerId(leader.id())
                .setBrokerEpoch(leader.epoch())
                .setTopics(List.of(new AlterPartitionRequestData.TopicData()
                        .setTopicId(topicId)
                        .setPartitions(List.of(new AlterPartitionRequestData.PartitionData()
                                .setPartitionIndex(partition)
                                .setLeaderEpoch(state.leaderEpoch())
                                .setNewIsrWithEpochs(isr)
                                .setPartitionEpoch(state.version())))));
        AlterPartitionResponseData response = ((AlterPartitionResponse) ask(
                        ApiKeys.ALTER_PARTITION,
                        ALTER_PARTITION_VERSION,
                        new AlterPartitionRequest(request, ALTER_PARTITION_VERSION)))
                .data();
        require("change an ISR", response.errorCode());
        response.topics().get(0).partitions().forEach(p -> require("change an ISR", p.errorCode()));
    }

    private AbstractResponse ask(ApiKeys key, short version, AbstractRequest request) {
        try {
            return probe.ask(key, version, request);
        } catch (IOException e) {
            throw new CommandFailure("the controller did not answer " + key + ": " + e.getMessage(), e);
        }
    }

    private static void require(String what, short errorCode) {
        if (errorCode != Errors.NONE.code()) {
            throw new CommandFailure("the controller refused to " + what + ": " + Errors.forCode(errorCode));
        }
    }

    @Override
    public void close() {
        try {
            probe.close();
        } catch (IOException e) {
            throw new CommandFailure("cannot leave the controller: " + e.getMessage(), e);
        }
    }
}
