package io.regent.controller.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.ControllerSettings;
import io.regent.controller.Write;
import io.regent.controller.zk.RehearsedCommit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RehearsalTest {

    private static final LinkSettings LINK = new LinkSettings(1, "PLAINTEXT", 30_000, 1_000_000, Optional.empty());
    private static final int DEAD = 5;
    private static final int DIES = 4;
    private static final Rehearsal.Cluster CLUSTER = new Rehearsal.Cluster(DEAD, 4, 50);

    private final List<Write> written = new ArrayList<>();
    private final List<Body> sent = new ArrayList<>();
    private final AtomicInteger commits = new AtomicInteger();

    private Rehearsal rehearsal() {
        return new Rehearsal(ControllerSettings.DEFAULTS, LINK, writes -> {
            commits.incrementAndGet();
            written.addAll(writes);
            RehearsedCommit.write(writes);
        });
    }

    private <T> List<T> sent(Class<T> kind) {
        return sent.stream()
                .map(Body::parse)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    @Test
    void itTellsWhatARealTakeoverAndARealDeathTell() {
        rehearsal().play(CLUSTER, 7, sent::add);

        List<LeaderAndIsrRequest> leaders = sent(LeaderAndIsrRequest.class);
        assertThat(leaders).isNotEmpty().allSatisfy(request -> {
            assertThat(request.controllerEpoch()).isEqualTo(7);
            assertThat(request.partitionStates()).isNotEmpty().allSatisfy(state -> {
                assertThat(state.leader()).isNotEqualTo(DEAD);
                assertThat(state.isr()).doesNotContain(DEAD);
            });
        });
        assertThat(leaders)
                .as("what the death changes")
                .anySatisfy(request -> assertThat(request.partitionStates()).anySatisfy(state -> {
                    assertThat(state.replicas()).contains(DIES);
                    assertThat(state.isr()).doesNotContain(DIES);
                }));
        assertThat(sent(UpdateMetadataRequest.class)).isNotEmpty();
    }

    @Test
    void theBrokerThatDiesReturnsAndIsTakenIntoAnIsr() {
        rehearsal().play(CLUSTER, 7, sent::add);

        List<UpdateMetadataRequest> told = sent(UpdateMetadataRequest.class);
        assertThat(told)
                .as("after its death, which takes it out of every ISR")
                .filteredOn(request -> livesOf(DIES, request))
                .anySatisfy(request -> assertThat(request.partitionStates())
                        .singleElement()
                        .satisfies(state -> {
                            assertThat(state.topicName()).isEqualTo("rehearsal-0");
                            assertThat(state.isr()).contains(DIES);
                        }));
    }

    private static boolean livesOf(int brokerId, UpdateMetadataRequest request) {
        return request.liveBrokers().stream().anyMatch(broker -> broker.id() == brokerId);
    }

    @Test
    void aBrokerWithoutReplicasStartsAndATopicIsCreated() {
        rehearsal().play(CLUSTER, 7, sent::add);

        assertThat(sent(UpdateMetadataRequest.class)).anySatisfy(request -> {
            assertThat(livesOf(DEAD + 1, request)).isTrue();
            assertThat(request.partitionStates()).anySatisfy(state -> {
                assertThat(state.topicName()).isEqualTo("rehearsal");
                assertThat(state.replicas()).contains(DEAD + 1);
            });
        });
        assertThat(written).filteredOn(Write.Create.class::isInstance).isNotEmpty();
    }

    @Test
    void itEncodesWhatZooKeeperWouldHold() {
        rehearsal().play(CLUSTER, 7, sent::add);

        assertThat(written).filteredOn(Write.Set.class::isInstance).hasSizeGreaterThan(100);
    }

    @Test
    void aNodeThatHasOtherThingsToDoDoesNotRehearse() throws Exception {
        AtomicBoolean idle = new AtomicBoolean();
        CountDownLatch asked = new CountDownLatch(3);
        try (Understudy understudy = new Understudy(
                rehearsal(),
                () -> {
                    asked.countDown();
                    return idle.get();
                },
                () -> Understudy.LARGE)) {
            understudy.start();
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(commits).hasValue(0);

            idle.set(true);

            Awaitility.await().until(() -> commits.get() > 0);
        }
    }
}
