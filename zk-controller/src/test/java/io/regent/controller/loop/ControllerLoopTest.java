package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControllerLoopTest extends LoopFixture {

    private static final int NODE = 2;
    private static final Reign FIRST = new Reign(NODE, 5, 5);
    private static final Reign SECOND = new Reign(NODE, 6, 6);
    private static final Asks.Shutdown ASK = new Asks.Shutdown(1, Asks.ANY_EPOCH);

    private final List<ScriptedCore> cores = new ArrayList<>();
    private final List<CompletableFuture<Answer>> asked = new ArrayList<>();

    @BeforeEach
    void start() {
        start(NODE, Candidacy.ORDINARY, true, reign -> {
            cores.add(new ScriptedCore());
            return cores.get(cores.size() - 1);
        });
    }

    private void pass(long ms) {
        timers.pass(ms);
        run();
    }

    private void rule(Reign reign) {
        tell(
                new StoreEvent.Elected(reign),
                new StoreEvent.Loaded(
                        reign, ClusterImage.of(List.of(broker(1)), List.of(), Set.of()), new TreeMap<>(), List.of()));
    }

    private void becomeController() {
        tell(new StoreEvent.SessionBegan());
        rule(FIRST);
    }

    private CompletableFuture<Answer> ask() {
        CompletableFuture<Answer> answer = loop.ask(ASK);
        asked.add(answer);
        run();
        return answer;
    }

    private void ask(int times) {
        for (int i = 0; i < times; i++) {
            asked.add(loop.ask(ASK));
        }
        run();
    }

    private static BrokerRegistration broker(int id) {
        return new BrokerRegistration(id, 100 + id, List.of(), Optional.empty(), -1, Map.of(), 0, 5);
    }

    private ScriptedCore core() {
        return cores.get(cores.size() - 1);
    }

    @Test
    void aSessionIsContestedAndTheWinnerRules() {
        assertThat(store.contests).isZero();
        tell(new StoreEvent.SessionBegan());
        assertThat(store.contests).isEqualTo(1);
        assertThat(loop.status().active()).isFalse();

        rule(FIRST);

        assertThat(loop.status().active()).isTrue();
        assertThat(loop.status().controllerId()).hasValue(NODE);
        assertThat(loop.status().knownEpoch()).isEqualTo(5);
        assertThat(link.brokers).containsExactly(1);
        assertThat(core().steps).singleElement().isInstanceOf(Event.Elected.class);
    }

    @Test
    void aLoserFollowsUntilTheControllerIsGone() {
        tell(new StoreEvent.SessionBegan(), new StoreEvent.Lost(OptionalInt.of(1)));
        assertThat(loop.status().controllerId()).hasValue(1);
        pass(60_000);
        assertThat(store.contests).isEqualTo(1);

        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        assertThat(store.contests).isEqualTo(2);
        assertThat(loop.status().controllerId()).isEmpty();
    }

    @Test
    void whatIsAskedOfALoserIsRefusedAtOnce() {
        tell(new StoreEvent.SessionBegan(), new StoreEvent.Lost(OptionalInt.of(1)));
        assertThatThrownBy(ask()::get).hasCauseInstanceOf(NotControllerException.class);
    }

    @Test
    void anAnswerWaitsUntilEveryChunkOfItsDecisionIsDurable() {
        becomeController();
        CompletableFuture<Answer> answer = ask();
        assertThat(store.commits).extracting(FakeStore.Written::reign).containsOnly(FIRST);
        assertThat(store.commits).hasSize(2);
        assertThat(link.announced).isEmpty();

        tell(new StoreEvent.Committed(FIRST, store.commits.get(0).ticket()));
        assertThat(link.announced).hasSize(1);
        assertThat(answer).isNotDone();

        tell(new StoreEvent.Committed(FIRST, store.commits.get(1).ticket()));
        assertThat(link.announced).hasSize(2);
        assertThat(answer).isCompletedWithValueMatching(Answer.ShutdownProgress.class::isInstance);
    }

    @Test
    void aRefusedCommitEndsTheReignAndFailsWhoWaits() {
        becomeController();
        CompletableFuture<Answer> first = ask();
        CompletableFuture<Answer> second = ask();

        tell(new StoreEvent.CommitFailed(FIRST, store.commits.get(0).ticket(), "the reign is fenced"));

        assertThat(store.resignations).containsExactly(FIRST);
        assertThat(link.endedReigns).isEqualTo(1);
        assertThat(link.announced).isEmpty();
        assertThatThrownBy(first::get)
                .hasCauseInstanceOf(NotControllerException.class)
                .hasMessageContaining("fenced");
        assertThatThrownBy(second::get).hasCauseInstanceOf(NotControllerException.class);
        assertThat(loop.status().active()).isFalse();
    }

    // KAFKA-4447, KAFKA-12315
    @Test
    void nothingOfAnEndedReignReachesTheNextOne() {
        becomeController();
        CompletableFuture<Answer> old = ask();
        long oldTicket = store.commits.get(1).ticket();
        tell(new StoreEvent.ControllerObserved(true, OptionalInt.of(1), false));
        pass(Backoff.FIRST_MS);
        rule(SECOND);
        CompletableFuture<Answer> answer = ask();

        link.tell(new LinkEvent.Answered(
                FIRST.epoch(), new Event.LeaderAndIsrAnswered(1, 101, PartitionSet.EMPTY, PartitionSet.EMPTY)));
        link.tell(new LinkEvent.Deposed(FIRST.epoch(), 1));
        tell(new StoreEvent.Committed(FIRST, oldTicket), new StoreEvent.CommitFailed(FIRST, oldTicket, "late"));

        assertThat(old).isCompletedExceptionally();
        assertThat(core().steps)
                .noneMatch(Event.LeaderAndIsrAnswered.class::isInstance)
                .hasSize(2);
        assertThat(loop.status().active()).as("rules on").isTrue();
        assertThat(answer).isNotDone();
    }

    // KAFKA-6082, KAFKA-1096: the process was paused past its session, and the world went on without it.
    @Test
    void aControllerThatWakesFromALongPauseWritesNothingMore() {
        becomeController();
        ask(1);
        int written = store.commits.size();
        CompletableFuture<Answer> asked = loop.ask(ASK);
        store.tell(new StoreEvent.SessionExpired());
        CompletableFuture<Answer> askedLater = loop.ask(ASK);
        run();

        // The ask that came before the news of the expiry was taken with it in one turn: the session decides.
        assertThat(store.commits).hasSize(written);
        assertThat(link.announced).isEmpty();
        assertThatThrownBy(asked::get).hasCauseInstanceOf(NotControllerException.class);
        assertThatThrownBy(askedLater::get).hasCauseInstanceOf(NotControllerException.class);
        assertThat(store.contests).isEqualTo(1);

        tell(new StoreEvent.SessionBegan());
        assertThat(store.contests).isEqualTo(2);
    }

    // KAFKA-4229, KAFKA-4360
    @Test
    void anySeriesOfExpiriesIsSurvived() {
        for (int life = 1; life <= 20; life++) {
            Reign reign = new Reign(NODE, life, life);
            tell(new StoreEvent.SessionBegan());
            rule(reign);
            assertThat(loop.status().active()).isTrue();
            timers.pass(NodeSettings.FIRST_REBALANCE_MS);
            tell(new StoreEvent.SessionExpired());
            assertThat(loop.status().active()).isFalse();
        }
        assertThat(store.contests).isEqualTo(20);
    }

    @Test
    void aSurpriseIsContestedAgainAfterAPauseThatGrows() {
        tell(new StoreEvent.SessionBegan());
        long longest = 0;
        for (int i = 0; i < 12; i++) {
            int before = store.contests;
            tell(new StoreEvent.ContestFailed("trouble"));
            assertThat(store.contests).isEqualTo(before);
            long waited = 0;
            while (store.contests == before) {
                pass(Backoff.FIRST_MS);
                waited += Backoff.FIRST_MS;
            }
            assertThat(waited).isGreaterThanOrEqualTo(longest).isLessThanOrEqualTo(Backoff.MAX_MS);
            longest = waited;
        }
        assertThat(longest).isEqualTo(Backoff.MAX_MS);
    }

    @Test
    void aCoreThatThrowsEndsTheReign() {
        becomeController();
        core().throwing = true;
        CompletableFuture<Answer> answer = ask();
        assertThat(store.resignations).containsExactly(FIRST);
        assertThat(answer).isCompletedExceptionally();
        pass(Backoff.FIRST_MS);
        rule(SECOND);
        assertThat(loop.status().active()).isTrue();
    }

    @Test
    void aBrokerThatObeysANewerControllerEndsTheReign() {
        becomeController();
        link.tell(new LinkEvent.Deposed(FIRST.epoch(), 3));
        run();
        assertThat(store.resignations).containsExactly(FIRST);
    }

    @Test
    void aVanishedOrForeignControllerZnodeEndsTheReign() {
        becomeController();
        tell(new StoreEvent.ControllerObserved(true, OptionalInt.of(NODE), true));
        assertThat(store.resignations).isEmpty();
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        assertThat(store.resignations).containsExactly(FIRST);
    }

    @Test
    void anotherControllerEpochEndsTheReign() {
        becomeController();
        tell(new StoreEvent.EpochObserved(5));
        assertThat(store.resignations).isEmpty();
        tell(new StoreEvent.EpochObserved(9));
        assertThat(store.resignations).containsExactly(FIRST);
        assertThat(loop.status().knownEpoch()).isEqualTo(9);
    }

    // KAFKA-13407
    @Test
    void aControllerZnodeThatIsOursWhileNobodyRulesHereIsContested() {
        tell(new StoreEvent.SessionBegan(), new StoreEvent.Lost(OptionalInt.of(1)));
        tell(new StoreEvent.ControllerObserved(true, OptionalInt.of(NODE), true));
        assertThat(store.contests).isEqualTo(2);
    }

    @Test
    void aControllerZnodeOfAnEarlierLifeIsContestedAgainAndAgainAtAPace() {
        tell(new StoreEvent.SessionBegan(), new StoreEvent.Lost(OptionalInt.of(NODE)));
        assertThat(store.contests).isEqualTo(1);
        pass(Backoff.FIRST_MS);
        assertThat(store.contests).isEqualTo(2);
        tell(new StoreEvent.Lost(OptionalInt.of(NODE)));
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        assertThat(store.contests).as("gone: there is nothing to wait for").isEqualTo(3);
    }

    @Test
    void anEpochThatWasMendedIsContestedWithoutWaiting() {
        tell(new StoreEvent.SessionBegan());
        for (int i = 0; i < 10; i++) {
            tell(new StoreEvent.ContestFailed("znode /controller_epoch is unreadable"));
            pass(Backoff.MAX_MS);
        }
        tell(new StoreEvent.ContestFailed("znode /controller_epoch is unreadable"));
        int before = store.contests;
        tell(new StoreEvent.EpochObserved(17));
        assertThat(store.contests).isEqualTo(before + 1);
    }

    @Test
    void aNewerObservationReplacesOneThatWaits() {
        becomeController();
        tell(
                new StoreEvent.BrokersObserved(List.of(broker(1), broker(2))),
                new StoreEvent.BrokersObserved(List.of(broker(1), broker(2), broker(3))));
        assertThat(core().steps)
                .filteredOn(Event.BrokersObserved.class::isInstance)
                .containsExactly(new Event.BrokersObserved(List.of(broker(1), broker(2), broker(3))));
        assertThat(link.brokers).containsExactly(1, 2, 3);
    }

    @Test
    void whatIsAskedWhileTheClusterIsBeingLoadedIsAnsweredAfterwards() {
        tell(new StoreEvent.SessionBegan(), new StoreEvent.Elected(FIRST));
        ask(1);
        assertThat(core().steps).isEmpty();
        tell(new StoreEvent.Loaded(FIRST, ClusterImage.EMPTY, new TreeMap<>(), List.of()));
        assertThat(core().steps).hasSize(2).element(0).isInstanceOf(Event.Elected.class);
    }

    @Test
    void noMoreIsDecidedThanTheStoreHasWritten() {
        becomeController();
        ask(CommitQueue.MAX_WAITING);
        assertThat(store.commits).hasSizeLessThanOrEqualTo(CommitQueue.MAX_WAITING + 2);
        for (int i = 0; i < store.commits.size(); i++) {
            tell(new StoreEvent.Committed(FIRST, store.commits.get(i).ticket()));
        }
        assertThat(store.commits).hasSize(2 * CommitQueue.MAX_WAITING);
        assertThat(asked).allMatch(CompletableFuture::isDone);
    }

    @Test
    void whatFollowsFromAnothersWriteIsWrittenOnlyWhenAllBeforeItIsDurable() {
        becomeController();
        ask(1);
        assertThat(store.commits).hasSize(2);

        tell(new StoreEvent.Observed(new Event.TopicsObserved(List.of())));
        tell(new StoreEvent.Committed(FIRST, store.commits.get(0).ticket()));
        assertThat(store.commits).hasSize(2);

        tell(new StoreEvent.Committed(FIRST, store.commits.get(1).ticket()));
        assertThat(store.commits).hasSize(4);
    }

    @Test
    void whatChangesAPartitionWhoseChangeIsOnItsWayIsWrittenOnlyWhenThatIsDurable() {
        becomeController();
        core().touched = Set.of(new PartitionId("orders", 0), new PartitionId("orders", 1));
        ask(1);
        core().touched = Set.of(new PartitionId("orders", 2));
        ask(1);
        assertThat(store.commits).as("both changes").hasSize(4);

        core().touched = Set.of(new PartitionId("orders", 1));
        ask(1);
        durable(0, 3);
        assertThat(store.commits).as("with the second change on its way").hasSize(4);
        durable(3, 4);
        assertThat(store.commits).hasSize(6);

        durable(4, 6);
        assertThat(asked).allMatch(CompletableFuture::isDone);
        ask(1);
        assertThat(store.commits)
                .as("what changes it when nothing is on its way")
                .hasSize(8);
    }

    @Test
    void theStoreIsToldThatMuchIsAboutToBeWritten() {
        becomeController();
        core().touched = partitions(Ruling.MANY - 1);
        ask(1);
        assertThat(store.expected).isEmpty();

        core().touched = partitions(Ruling.MANY);
        ask(1);
        assertThat(store.expected).containsExactly(Ruling.MANY);
    }

    private static Set<PartitionId> partitions(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new PartitionId("orders", number))
                .collect(Collectors.toSet());
    }

    private void durable(int from, int to) {
        for (int i = from; i < to; i++) {
            tell(new StoreEvent.Committed(FIRST, store.commits.get(i).ticket()));
        }
    }

    @Test
    void tooManyAsksAreRefusedRatherThanKept() {
        tell(new StoreEvent.SessionBegan(), new StoreEvent.Elected(FIRST));
        ask(Ruling.MAX_WAITING_ASKS);
        CompletableFuture<Answer> oneMore = ask();
        assertThatThrownBy(oneMore::get)
                .hasCauseInstanceOf(NotControllerException.class)
                .hasMessageContaining("try again");
    }

    @Test
    void leadersAreRebalancedSoonAfterTheElectionAndThenAtTheInterval() {
        becomeController();
        pass(NodeSettings.FIRST_REBALANCE_MS);
        pass(300_000);
        assertThat(core().steps)
                .filteredOn(Event.RebalanceDue.class::isInstance)
                .hasSize(2);
    }

    @Test
    void aClosedLoopResignsAndNeverContestsAgain() {
        becomeController();
        CompletableFuture<Answer> pending = ask();
        CompletableFuture<Void> closed = loop.close();
        run();
        assertThat(closed).isCompleted();
        assertThatThrownBy(pending::get).hasCauseInstanceOf(NotControllerException.class);
        assertThat(store.resignations).containsExactly(FIRST);
        tell(new StoreEvent.SessionExpired(), new StoreEvent.SessionBegan());
        pass(60_000);
        assertThat(store.contests).isEqualTo(1);
        assertThatThrownBy(ask()::get).hasCauseInstanceOf(NotControllerException.class);
    }
}
