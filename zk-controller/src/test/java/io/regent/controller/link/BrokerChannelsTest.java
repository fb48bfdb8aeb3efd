package io.regent.controller.link;

import static io.regent.controller.link.Fixtures.broker;
import static io.regent.controller.link.Fixtures.image;
import static io.regent.controller.link.Fixtures.to1;
import static io.regent.controller.link.Fixtures.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.Announcements;
import io.regent.controller.Event;
import io.regent.controller.NewReplicas;
import io.regent.controller.Reign;
import io.regent.controller.StopReplica;
import io.regent.controller.loop.LinkEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.message.UpdateMetadataResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.apache.kafka.common.requests.UpdateMetadataResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BrokerChannelsTest {

    private static final Reign REIGN = new Reign(9, 5, 5);
    private static final PartitionId A0 = new PartitionId("a", 0);
    private static final long EPOCH = 101;

    private final List<LinkEvent> heard = new CopyOnWriteArrayList<>();
    private BrokerChannels link;
    private FakeBroker broker;
    private BrokerRegistration registration;
    private ClusterImage image;

    @BeforeEach
    void start() throws Exception {
        open(500);
        broker = new FakeBroker();
        registration = broker(1, EPOCH, broker.port());
        image = image(List.of(registration), topic("a", 1, 3));
    }

    private void open(int timeoutMs) {
        link = new BrokerChannels(new LinkSettings(9, "PLAINTEXT", timeoutMs, 100_000_000, Optional.empty()));
        link.start(heard::add);
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
        broker.close();
    }

    private void announce(PartitionSet leaderAndIsr, PartitionSet metadata, StopReplica... stops) {
        link.announce(REIGN, to1(image, leaderAndIsr, metadata, stops));
    }

    private void awaitHeard(Class<? extends LinkEvent> type) {
        await().atMost(10, TimeUnit.SECONDS).until(() -> heard.stream().anyMatch(type::isInstance));
    }

    @Test
    void aBrokerIsToldWhoRulesAndWhatItServes() {
        link.brokers(REIGN, List.of(registration));
        announce(PartitionSet.of(A0), PartitionSet.of(A0));
        awaitHeard(LinkEvent.AllTold.class);

        UpdateMetadataRequest who = broker.all(UpdateMetadataRequest.class).get(0);
        assertThat(broker.requests.get(0)).isSameAs(who);
        assertThat(who.controllerId()).isEqualTo(9);
        assertThat(who.controllerEpoch()).isEqualTo(5);
        assertThat(who.brokerEpoch()).isEqualTo(EPOCH);
        assertThat(who.partitionStates()).isEmpty();
        assertThat(who.liveBrokers()).singleElement().satisfies(live -> {
            assertThat(live.id()).isEqualTo(1);
            assertThat(live.rack()).isEqualTo("r1");
            assertThat(live.endpoints().get(0).port()).isEqualTo(broker.port());
        });

        LeaderAndIsrRequest told = broker.all(LeaderAndIsrRequest.class).get(0);
        assertThat(told.brokerEpoch()).isEqualTo(EPOCH);
        assertThat(told.liveLeaders())
                .singleElement()
                .satisfies(leader -> assertThat(leader.brokerId()).isEqualTo(1));
        assertThat(told.partitionStates()).singleElement().satisfies(state -> {
            assertThat(state.topicName()).isEqualTo("a");
            assertThat(state.leaderEpoch()).isEqualTo(3);
            assertThat(state.replicas()).containsExactly(1, 2);
            assertThat(state.isr()).containsExactly(1, 2);
        });
        UpdateMetadataPartitionState metadata = broker.all(UpdateMetadataRequest.class)
                .get(1)
                .partitionStates()
                .iterator()
                .next();
        assertThat(metadata.offlineReplicas()).containsExactly(2);
        assertThat(heard)
                .contains(new LinkEvent.Answered(
                        5, new Event.LeaderAndIsrAnswered(1, EPOCH, PartitionSet.of(A0), PartitionSet.EMPTY)));
    }

    @Test
    void aRulerThatIsNoBrokerIsListedAmongTheLiveAndToldAsWell() throws Exception {
        link.close();
        try (FakeBroker own = new FakeBroker()) {
            BrokerRegistration ruler = broker(9, -1, own.port());
            link = new BrokerChannels(new LinkSettings(9, "PLAINTEXT", 500, 100_000_000, Optional.of(ruler)));
            link.start(heard::add);
            link.brokers(REIGN, List.of(registration));
            SortedMap<Integer, PartitionSet> metadata = new TreeMap<>();
            metadata.put(1, PartitionSet.of(A0));
            metadata.put(9, PartitionSet.of(A0));
            link.announce(
                    REIGN, new Announcements(image, new TreeMap<>(), NewReplicas.NONE, new TreeMap<>(), metadata));
            awaitHeard(LinkEvent.AllTold.class);

            for (FakeBroker told : List.of(broker, own)) {
                assertThat(told.all(UpdateMetadataRequest.class))
                        .isNotEmpty()
                        .allSatisfy(update -> assertThat(update.liveBrokers())
                                .extracting(live -> live.id() + ":"
                                        + live.endpoints().get(0).port())
                                .containsExactly("1:" + broker.port(), "9:" + own.port()));
                assertThat(told.all(UpdateMetadataRequest.class))
                        .anySatisfy(
                                update -> assertThat(update.partitionStates()).hasSize(1));
            }
            assertThat(own.all(UpdateMetadataRequest.class))
                    .allSatisfy(update -> assertThat(update.brokerEpoch()).isEqualTo(-1));
        }
    }

    @Test
    void aBrokerOfKafka30IsToldInItsVersion() {
        broker.highestLeaderAndIsr = 5;
        broker.highestApiVersions = 2;
        link.brokers(REIGN, List.of(registration));
        announce(PartitionSet.of(A0), PartitionSet.EMPTY);
        awaitHeard(LinkEvent.AllTold.class);
        assertThat(broker.all(LeaderAndIsrRequest.class).get(0).version()).isEqualTo((short) 5);
    }

    @Test
    void failedLogDirectoriesAndDeletedReplicasAreHeard() {
        broker.answers = request -> request instanceof LeaderAndIsrRequest asked
                ? FakeBroker.leaderAndIsr(asked, Errors.KAFKA_STORAGE_ERROR)
                : FakeBroker.obedient(request);
        link.brokers(REIGN, List.of(registration));
        PartitionId doomed = new PartitionId("doomed", 2);
        announce(PartitionSet.of(A0), PartitionSet.EMPTY, new StopReplica(doomed, StopReplica.DURING_DELETE, true));
        awaitHeard(LinkEvent.AllTold.class);
        assertThat(heard)
                .contains(
                        new LinkEvent.Answered(
                                5, new Event.LeaderAndIsrAnswered(1, EPOCH, PartitionSet.EMPTY, PartitionSet.of(A0))),
                        new LinkEvent.Answered(5, new Event.StopReplicaAnswered(1, EPOCH, PartitionSet.of(doomed))));
        assertThat(broker.all(StopReplicaRequest.class).get(0).partitionStates().values())
                .allMatch(state -> state.deletePartition() && state.leaderEpoch() == -2);
    }

    @Test
    void aBrokerThatKnowsANewerControllerSaysSo() {
        broker.answers = request -> new UpdateMetadataResponse(
                new UpdateMetadataResponseData().setErrorCode(Errors.STALE_CONTROLLER_EPOCH.code()));
        link.brokers(REIGN, List.of(registration));
        announce(PartitionSet.EMPTY, PartitionSet.EMPTY);
        awaitHeard(LinkEvent.Deposed.class);
        assertThat(heard).contains(new LinkEvent.Deposed(5, 1));
    }

    @Test
    void whatWasNotAnsweredIsSentAgainInOrder() {
        AtomicInteger hangUps = new AtomicInteger(3);
        broker.answers = request -> hangUps.getAndDecrement() > 0 ? null : FakeBroker.obedient(request);
        link.brokers(REIGN, List.of(registration));
        announce(PartitionSet.of(A0), PartitionSet.EMPTY);
        awaitHeard(LinkEvent.AllTold.class);
        assertThat(broker.requests)
                .extracting(request -> request.getClass().getSimpleName())
                .startsWith(
                        "UpdateMetadataRequest",
                        "UpdateMetadataRequest",
                        "UpdateMetadataRequest",
                        "UpdateMetadataRequest",
                        "LeaderAndIsrRequest");
    }

    @Test
    void aBrokerThatHangsHoldsNobodyUpAndIsToldOnceItIsBack() throws Exception {
        CountDownLatch frozen = new CountDownLatch(1);
        broker.answers = request -> {
            try {
                frozen.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return FakeBroker.obedient(request);
        };
        try (FakeBroker healthy = new FakeBroker()) {
            BrokerRegistration other = broker(2, 102, healthy.port());
            image = image(List.of(registration, other), topic("a", 1, 3));
            link.brokers(REIGN, List.of(registration, other));
            SortedMap<Integer, PartitionSet> all = new TreeMap<>();
            all.put(1, PartitionSet.of(A0));
            all.put(2, PartitionSet.of(A0));
            link.announce(REIGN, new Announcements(image, all, NewReplicas.NONE, new TreeMap<>(), all));
            await().until(() -> healthy.requests.size() == 3);
            assertThat(heard).noneMatch(LinkEvent.AllTold.class::isInstance);
            frozen.countDown();
            awaitHeard(LinkEvent.AllTold.class);
        }
    }

    /** Announces much metadata to a broker and to the node that rules; whose requests name partitions, in order. */
    private List<Integer> tellMuchMetadata(FakeBroker own) {
        BrokerRegistration ruler = broker(9, 109, own.port());
        image = image(List.of(registration, ruler), topic("a", 20_000, 3));
        List<Integer> order = new CopyOnWriteArrayList<>();
        Function<AbstractRequest, AbstractResponse> others = broker.answers;
        broker.answers = request -> noted(order, 1, request, others);
        own.answers = request -> noted(order, 9, request, FakeBroker::obedient);
        link.brokers(REIGN, List.of(registration, ruler));
        SortedMap<Integer, PartitionSet> metadata = new TreeMap<>();
        PartitionSet all = PartitionSet.of(IntStream.range(0, 20_000)
                .mapToObj(number -> new PartitionId("a", number))
                .toList());
        metadata.put(9, all);
        metadata.put(1, all);
        link.announce(REIGN, new Announcements(image, new TreeMap<>(), NewReplicas.NONE, new TreeMap<>(), metadata));
        return order;
    }

    private static AbstractResponse noted(
            List<Integer> order, int id, AbstractRequest request, Function<AbstractRequest, AbstractResponse> answers) {
        if (request instanceof UpdateMetadataRequest told
                && told.partitionStates().iterator().hasNext()) {
            order.add(id);
        }
        return answers.apply(request);
    }

    @Test
    void theRulersOwnBrokerReadsMuchMetadataWhenTheOthersHave() throws Exception {
        link.close();
        open(30_000);
        try (FakeBroker own = new FakeBroker()) {
            List<Integer> order = tellMuchMetadata(own);
            awaitHeard(LinkEvent.AllTold.class);
            assertThat(order).isSorted().startsWith(1).endsWith(9);
        }
    }

    @Test
    void aBrokerThatHangsDoesNotKeepTheRulersOwnFromItsMetadata() throws Exception {
        link.close();
        open(30_000);
        CountDownLatch frozen = new CountDownLatch(1);
        broker.answers = request -> {
            try {
                frozen.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return FakeBroker.obedient(request);
        };
        try (FakeBroker own = new FakeBroker()) {
            List<Integer> order = tellMuchMetadata(own);
            await().atMost(20, TimeUnit.SECONDS).until(() -> order.contains(9));
            frozen.countDown();
        }
    }

    @Test
    void aNewLifeOfABrokerIsToldNothingThatTheOldOneWas() throws Exception {
        link.brokers(REIGN, List.of(registration));
        broker.close();
        announce(PartitionSet.of(A0), PartitionSet.EMPTY);
        try (FakeBroker restarted = new FakeBroker()) {
            BrokerRegistration next = broker(1, 202, restarted.port());
            image = image(List.of(next), topic("a", 1, 4));
            link.brokers(REIGN, List.of(next));
            announce(PartitionSet.EMPTY, PartitionSet.EMPTY);
            awaitHeard(LinkEvent.AllTold.class);
            assertThat(restarted.all(LeaderAndIsrRequest.class)).isEmpty();
            assertThat(restarted.all(UpdateMetadataRequest.class)).allMatch(told -> told.brokerEpoch() == 202);
        }
    }

    @Test
    void nothingIsSentForAReignThatHasEnded() {
        link.brokers(REIGN, List.of(registration));
        link.endReign();
        announce(PartitionSet.of(A0), PartitionSet.of(A0));

        Reign next = new Reign(9, 6, 6);
        link.brokers(next, List.of(registration));
        link.announce(next, to1(image, PartitionSet.EMPTY, PartitionSet.EMPTY));
        awaitHeard(LinkEvent.AllTold.class);
        assertThat(broker.all(UpdateMetadataRequest.class)).allMatch(told -> told.controllerEpoch() == 6);
        assertThat(broker.all(LeaderAndIsrRequest.class)).isEmpty();
    }

    @Test
    void thousandsOfPartitionsArriveOnceEach() {
        // A busy machine may take longer to read so many, and what is not answered in time is told again.
        link.close();
        open(30_000);
        image = image(List.of(registration), topic("wide", 50_000, 1));
        link.brokers(REIGN, List.of(registration));
        PartitionSet all = PartitionSet.ofAll(image);
        announce(all, all);
        awaitHeard(LinkEvent.AllTold.class);
        List<Integer> told = new ArrayList<>();
        broker.all(UpdateMetadataRequest.class)
                .forEach(request -> request.partitionStates().forEach(state -> told.add(state.partitionIndex())));
        assertThat(told).hasSize(50_000).doesNotHaveDuplicates();
        assertThat(broker.all(LeaderAndIsrRequest.class)).as("whole").hasSize(1);
    }
}
