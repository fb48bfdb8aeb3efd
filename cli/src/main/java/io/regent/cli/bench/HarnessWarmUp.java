package io.regent.cli.bench;

import com.google.common.primitives.Ints;
import io.regent.cli.CommandFailure;
import io.regent.cli.node.Ports;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.UpdateMetadataRequest;

/**
 * Has a broker of the harness be told a cluster again and again before anything is measured. The harness shares its cores with the
 * controllers: until its own code is compiled it takes several times as much of them, and the first one to be measured would pay.
 *
 * <p>Used once, by one thread. Touches no ZooKeeper.
 */
final class HarnessWarmUp {
    private static final int PARTITIONS = 3_000;
    private static final int PARTITIONS_PER_TOPIC = 50;

    /** Of one request of each kind; after that many, another round takes no less. */
    private static final int ROUNDS = 200;

    private static final int CONTROLLER = 101;
    private static final int EPOCH = 1;
    private static final long BROKER_EPOCH = 1;

    private final Catalog catalog = new Catalog(Catalog.MIN_BROKERS, PARTITIONS);

    private HarnessWarmUp() {
        catalog.addAll(PARTITIONS, PARTITIONS_PER_TOPIC);
    }

    /** @param complaints told of requests that the harness does not understand */
    static void run(Consumer<String> complaints) {
        try {
            new HarnessWarmUp().tell(complaints);
        } catch (IOException e) {
            throw new CommandFailure("cannot warm the harness up: " + e, e);
        }
    }

    private void tell(Consumer<String> complaints) throws IOException {
        byte[] leaderAndIsr = frame(ApiKeys.LEADER_AND_ISR, leaderAndIsr());
        byte[] updateMetadata = frame(ApiKeys.UPDATE_METADATA, updateMetadata());
        BitSet all = new BitSet(PARTITIONS);
        all.set(0, PARTITIONS);
        int port = Ports.free(1).get(0);
        // It is told, but never registered.
        FakeBroker broker = new FakeBroker(1, port, catalog, "", complaints);
        try (FakeServer server = FakeServer.open("warm-up", port, broker::answer, complaints);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
                DataInputStream in = new DataInputStream(socket.getInputStream())) {
            for (int round = 0; round < ROUNDS; round++) {
                broker.ledger().await(Channel.LEADER_AND_ISR, all, EPOCH, null);
                broker.ledger().await(Channel.UPDATE_METADATA, all, EPOCH, null);
                ask(out, in, leaderAndIsr);
                ask(out, in, updateMetadata);
            }
        }
    }

    private static void ask(DataOutputStream out, DataInputStream in, byte[] frame) throws IOException {
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
        in.readFully(new byte[in.readInt()]);
    }

    private static byte[] frame(ApiKeys key, AbstractRequest request) {
        ByteBuffer frame =
                request.serializeWithHeader(new RequestHeader(key, request.version(), "warm-up", CONTROLLER));
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    private LeaderAndIsrRequest leaderAndIsr() {
        List<LeaderAndIsrPartitionState> states = states((topic, number, replicas) -> new LeaderAndIsrPartitionState()
                .setTopicName(topic)
                .setPartitionIndex(number)
                .setLeader(replicas.get(0))
                .setIsr(replicas)
                .setReplicas(replicas));
        short version = ApiKeys.LEADER_AND_ISR.latestVersion();
        Set<Node> leaders = Set.of(new Node(1, "127.0.0.1", 1));
        return new LeaderAndIsrRequest.Builder(version, CONTROLLER, EPOCH, BROKER_EPOCH, states, topicIds(), leaders)
                .build();
    }

    private UpdateMetadataRequest updateMetadata() {
        List<UpdateMetadataPartitionState> states =
                states((topic, number, replicas) -> new UpdateMetadataPartitionState()
                        .setTopicName(topic)
                        .setPartitionIndex(number)
                        .setLeader(replicas.get(0))
                        .setIsr(replicas)
                        .setReplicas(replicas));
        short version = ApiKeys.UPDATE_METADATA.latestVersion();
        return new UpdateMetadataRequest.Builder(
                        version, CONTROLLER, EPOCH, BROKER_EPOCH, states, List.of(), topicIds())
                .build();
    }

    private interface StateMaker<S> {
        S state(String topic, int number, List<Integer> replicas);
    }

    /** The state of each partition, as it is when its preferred replica leads. */
    private <S> List<S> states(StateMaker<S> maker) {
        List<S> states = new ArrayList<>();
        for (Catalog.Topic topic : catalog.topics()) {
            for (int number = 0; number < topic.partitions(); number++) {
                int[] replicas = catalog.replicas(topic.first() + number);
                states.add(maker.state(topic.name(), number, Ints.asList(replicas)));
            }
        }
        return states;
    }

    private Map<String, Uuid> topicIds() {
        return catalog.topics().stream()
                .collect(Collectors.toMap(
                        Catalog.Topic::name,
                        topic -> new Uuid(
                                topic.id().mostSignificantBits(), topic.id().leastSignificantBits())));
    }
}
