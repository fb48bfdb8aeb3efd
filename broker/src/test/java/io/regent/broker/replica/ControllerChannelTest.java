package io.regent.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.regent.broker.BrokerConfig;
import io.regent.broker.api.ApiRouter;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestServer;
import io.regent.broker.replica.AlterPartitionChannel.Confirmed;
import io.regent.broker.replica.AlterPartitionChannel.Member;
import io.regent.broker.replica.AlterPartitionChannel.Proposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.OperationNotAttemptedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.ControlledShutdownRequestData;
import org.apache.kafka.common.message.ControlledShutdownResponseData;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;
import org.apache.kafka.common.requests.ControlledShutdownRequest;
import org.apache.kafka.common.requests.ControlledShutdownResponse;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControllerChannelTest {
    private static final ListenerName LISTENER = new ListenerName("PLAINTEXT");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Uuid ORDERS = Uuid.randomUuid();

    private final List<RequestServer> servers = new ArrayList<>();
    private final AtomicLong brokerEpoch = new AtomicLong(7);
    private volatile Optional<Node> controller = Optional.empty();
    private ControllerChannel channel;
    private AlterPartitionSender sender;

    @BeforeEach
    void start() {
        channel = new ControllerChannel("test-channel", LISTENER, () -> controller, 10_000, Time.SYSTEM);
        sender = new AlterPartitionSender(1, brokerEpoch::get, channel);
        channel.start();
    }

    @AfterEach
    void stop() throws Exception {
        channel.close();
        servers.forEach(RequestServer::close);
    }

    /** Starts a broker that answers these requests as the test says. */
    private Node broker(int id, Consumer<Request> handler) {
        RequestServer server = new RequestServer(BrokerConfig.fromMap(Map.of(
                "zookeeper.connect", "127.0.0.1:2181",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "num.network.threads", "1",
                "num.io.threads", "1")));
        servers.add(server);
        server.bind();
        server.serve(ApiRouter.builder()
                .register(ApiKeys.ALTER_PARTITION, handler::accept)
                .register(ApiKeys.CONTROLLED_SHUTDOWN, handler::accept)
                .build());
        return new Node(id, "127.0.0.1", server.boundPort(LISTENER));
    }

    private static Proposal proposal(int partition, Integer... isr) {
        return new Proposal(
                new TopicIdPartition(ORDERS, new TopicPartition("orders", partition)),
                4,
                9,
                List.of(isr).stream().map(id -> new Member(id, -1)).toList());
    }

    private static Confirmed get(CompletableFuture<Confirmed> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    /** Agrees to every proposal. */
    private static void agree(Request request) {
        request.reply(new AlterPartitionResponse(agreement(request.body(AlterPartitionRequest.class))));
    }

    private static AlterPartitionResponseData agreement(AlterPartitionRequest request) {
        AlterPartitionResponseData data = new AlterPartitionResponseData();
        for (AlterPartitionRequestData.TopicData topic : request.data().topics()) {
            data.topics()
                    .add(new AlterPartitionResponseData.TopicData()
                            .setTopicId(topic.topicId())
                            .setPartitions(topic.partitions().stream()
                                    .map(partition -> new AlterPartitionResponseData.PartitionData()
                                            .setPartitionIndex(partition.partitionIndex())
                                            .setLeaderId(1)
                                            .setLeaderEpoch(partition.leaderEpoch())
                                            .setPartitionEpoch(partition.partitionEpoch() + 1)
                                            .setIsr(partition.newIsrWithEpochs().stream()
                                                    .map(member -> member.brokerId())
                                                    .toList()))
                                    .toList()));
        }
        return data;
    }

    private static void answer(Request request, Errors error) {
        request.reply(new AlterPartitionResponse(new AlterPartitionResponseData().setErrorCode(error.code())));
    }

    @Test
    void aProposalIsAnsweredByTheController() throws Exception {
        controller = Optional.of(broker(2, ControllerChannelTest::agree));
        assertThat(get(sender.alter(proposal(0, 1, 2)))).isEqualTo(new Confirmed(1, 4, 10, Set.of(1, 2)));
    }

    @Test
    void whatGathersWhileARequestIsUnderWayGoesTogether() throws Exception {
        List<Request> arrived = new CopyOnWriteArrayList<>();
        controller = Optional.of(broker(2, arrived::add));
        var first = sender.alter(proposal(0, 1));
        await().atMost(PATIENCE).until(() -> arrived.size() == 1);
        var second = sender.alter(proposal(1, 1));
        var third = sender.alter(proposal(2, 1));
        agree(arrived.get(0));
        await().atMost(PATIENCE).until(() -> arrived.size() == 2);
        agree(arrived.get(1));

        assertThat(get(first).partitionEpoch()).isEqualTo(10);
        assertThat(get(second).isr()).containsExactly(1);
        assertThat(get(third).isr()).containsExactly(1);
    }

    @Test
    void aNewerProposalOfTheSamePartitionReplacesOneThatWaits() {
        controller = Optional.of(broker(2, request -> {}));
        var underWay = sender.alter(proposal(0, 1));
        var waiting = sender.alter(proposal(1, 1));
        var newer = sender.alter(proposal(1, 1, 2));
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(OperationNotAttemptedException.class);
        assertThat(underWay).isNotDone();
        assertThat(newer).isNotDone();
    }

    @Test
    void aBrokerThatIsNoControllerSendsTheRequestOn() throws Exception {
        Node real = broker(3, ControllerChannelTest::agree);
        controller = Optional.of(broker(2, request -> {
            controller = Optional.of(real);
            answer(request, Errors.NOT_CONTROLLER);
        }));
        assertThat(get(sender.alter(proposal(0, 1))).partitionEpoch()).isEqualTo(10);
    }

    @Test
    void aControllerThatDiesBeforeItAnswersIsReplaced() throws Exception {
        Node real = broker(3, ControllerChannelTest::agree);
        controller = Optional.of(broker(2, request -> {
            controller = Optional.of(real);
            request.disconnect("killed by the test");
        }));
        assertThat(get(sender.alter(proposal(0, 1))).partitionEpoch()).isEqualTo(10);
    }

    @Test
    void aHungControllerIsLeftAsSoonAsThereIsAnother() throws Exception {
        List<Request> hung = new CopyOnWriteArrayList<>();
        controller = Optional.of(broker(2, hung::add));
        var answer = sender.alter(proposal(0, 1));
        await().atMost(PATIENCE).until(() -> hung.size() == 1);

        controller = Optional.of(broker(3, ControllerChannelTest::agree));
        channel.controllerChanged();

        assertThat(answer.get(5, TimeUnit.SECONDS).partitionEpoch()).isEqualTo(10);
    }

    @Test
    void aStaleBrokerEpochIsSentAgainWithTheNewOne() throws Exception {
        controller = Optional.of(broker(2, request -> {
            if (request.body(AlterPartitionRequest.class).data().brokerEpoch() == 7) {
                brokerEpoch.set(8);
                answer(request, Errors.STALE_BROKER_EPOCH);
            } else {
                agree(request);
            }
        }));
        assertThat(get(sender.alter(proposal(0, 1))).partitionEpoch()).isEqualTo(10);
    }

    @Test
    void aPartitionLeftOutOfTheAnswerIsAskedAgain() throws Exception {
        List<Request> arrived = new CopyOnWriteArrayList<>();
        controller = Optional.of(broker(2, request -> {
            arrived.add(request);
            if (arrived.size() == 1) {
                answer(request, Errors.NONE);
            } else {
                agree(request);
            }
        }));
        assertThat(get(sender.alter(proposal(0, 1))).partitionEpoch()).isEqualTo(10);
    }

    @Test
    void anErrorOfOnePartitionIsItsAnswer() {
        controller = Optional.of(broker(2, request -> {
            AlterPartitionResponseData data = agreement(request.body(AlterPartitionRequest.class));
            data.topics().getFirst().partitions().getFirst().setErrorCode(Errors.INVALID_UPDATE_VERSION.code());
            request.reply(new AlterPartitionResponse(data));
        }));
        assertThatThrownBy(() -> get(sender.alter(proposal(0, 1))))
                .hasRootCauseInstanceOf(
                        Errors.INVALID_UPDATE_VERSION.exception().getClass());
    }

    @Test
    void withoutAControllerARequestEndsAtItsTimeout() {
        var answer = channel.send(shutdown(), 50);
        assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void aControllerThatAppearsInTimeIsAsked() throws Exception {
        var answer = channel.send(shutdown(), 20_000);
        controller = Optional.of(broker(
                2, request -> request.reply(new ControlledShutdownResponse(new ControlledShutdownResponseData()))));
        assertThat(answer.get(20, TimeUnit.SECONDS).responseBody()).isInstanceOf(ControlledShutdownResponse.class);
    }

    @Test
    void whatWaitsWhenTheBrokerShutsDownFails() throws Exception {
        var first = channel.send(shutdown(), Long.MAX_VALUE);
        var second = channel.send(shutdown(), Long.MAX_VALUE);
        channel.close();
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        assertThat(channel.send(shutdown(), 10)).isCompletedExceptionally();
    }

    private static ControlledShutdownRequest.Builder shutdown() {
        return new ControlledShutdownRequest.Builder(
                new ControlledShutdownRequestData().setBrokerId(1).setBrokerEpoch(7), (short) 3);
    }
}
