package io.regent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.regent.controller.Asks.Birth;
import io.regent.controller.Asks.NewTopic;
import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CommitsTest {

    private static final Reign REIGN = new Reign(1, 7, 70);
    private static final List<BrokerRegistration> BROKERS = List.of(broker(1), broker(2), broker(3));
    private final Controller controller = new Controller(ControllerSettings.DEFAULTS, REIGN);

    @Test
    void aDeadBrokersPartitionsAreWrittenInBoundedCommitsAndEachIsAnnouncedWithItsOwn() {
        int count = 2500;
        ClusterImage image = ClusterImage.of(BROKERS, List.of(topic("orders", count)), Set.of());

        Decision decision = controller.step(image, new Event.BrokersObserved(BROKERS.subList(1, 3)));
        List<Commit> commits = commits(decision);

        List<Commit> writing =
                commits.stream().filter(c -> !c.writes().isEmpty()).toList();
        assertThat(writing).hasSize(count / WriteLimits.MAX_COMMIT_WRITES);
        PartitionSet announced = PartitionSet.EMPTY;
        for (Commit commit : writing) {
            PartitionSet told = commit.announcements().leaderAndIsr().get(2);
            assertThat(commit.writes()).hasSizeLessThanOrEqualTo(WriteLimits.MAX_COMMIT_WRITES);
            assertThat(told.size()).isEqualTo(commit.writes().size());
            assertThat(announced.minus(told)).as("nothing is announced twice").isEqualTo(announced);
            announced = announced.plus(told);
        }
        assertThat(announced.size()).isEqualTo(count);
    }

    @Test
    void partitionsWithoutALeaderGetOneBeforeOthersLoseAFollower() {
        int count = 1000;
        List<TopicImage> topics =
                List.of(topic("followed", count, Replicas.of(2, 1, 3)), topic("led", count, Replicas.of(1, 2, 3)));
        ClusterImage image = ClusterImage.of(BROKERS, topics, Set.of());

        Decision decision = controller.step(image, new Event.BrokersObserved(BROKERS.subList(1, 3)));
        List<String> written = commits(decision).stream()
                .flatMap(commit -> commit.writes().stream())
                .map(Write::path)
                .toList();

        assertThat(written).hasSize(2 * count);
        assertThat(written.subList(0, count)).allMatch(path -> path.startsWith("/brokers/topics/led/"));
    }

    @Test
    void onlyACommitInWhichNobodyGetsAnotherLeaderIsOneOfFollowers() {
        List<TopicImage> topics =
                List.of(topic("followed", 1000, Replicas.of(2, 1, 3)), topic("led", 700, Replicas.of(1, 2, 3)));
        ClusterImage image = ClusterImage.of(BROKERS, topics, Set.of());

        Decision decision = controller.step(image, new Event.BrokersObserved(BROKERS.subList(1, 3)));

        assertThat(commits(decision).stream().filter(c -> !c.writes().isEmpty()).map(Commit::followersOnly))
                .as("700 leaders in two commits, of which the second has room for 300 followers")
                .containsExactly(false, false, true, true);
    }

    @Test
    void aLargeTopicIsWrittenBeforeItsPartitions() {
        NewTopic topic = new NewTopic(
                "wide", 9000, (short) 3, new TreeMap<>(), Map.of(), Outcome.OK, new Birth(new TopicId(1, 1), 5));
        ClusterImage image = ClusterImage.of(BROKERS, List.of(), Set.of());

        List<Commit> commits = commits(controller.step(image, new Asks.CreateTopics(List.of(topic), false)));

        assertThat(commits.get(0).writes().get(1)).isInstanceOf(Write.Create.class);
        assertThat(commits.get(0).writes().get(1).path()).isEqualTo("/brokers/topics/wide");
        for (Commit commit : commits) {
            assertThat(commit.writes().stream().mapToInt(Write::sizeBytes).sum())
                    .isLessThanOrEqualTo(WriteLimits.MAX_COMMIT_BYTES);
        }
        ModelZooKeeper zooKeeper = new ModelZooKeeper();
        commits.forEach(commit -> zooKeeper.apply(commit.writes()));
        assertThat(zooKeeper.load(BROKERS).partitionCount()).isEqualTo(9000);
    }

    /** A crash between any two commits leaves what the next reign can go on from. */
    @Test
    void aControllerThatDiesBetweenTwoCommitsLeavesATopicThatTheNextOneCompletes() {
        NewTopic topic = new NewTopic(
                "wide", 900, (short) 2, new TreeMap<>(), Map.of(), Outcome.OK, new Birth(new TopicId(1, 1), 5));
        ClusterImage image = ClusterImage.of(BROKERS, List.of(), Set.of());
        Decision creation = controller.step(image, new Asks.CreateTopics(List.of(topic), false));
        ModelZooKeeper zooKeeper = new ModelZooKeeper();
        zooKeeper.apply(controller.commits(creation).next().writes());

        Controller next = new Controller(ControllerSettings.DEFAULTS, new Reign(2, 8, 71));
        Decision takeover = next.step(ClusterImage.EMPTY, new Event.Elected(zooKeeper.load(BROKERS)));
        next.commits(takeover).forEachRemaining(commit -> zooKeeper.apply(commit.writes()));

        TopicImage completed = zooKeeper.load(BROKERS).topic("wide").orElseThrow();
        for (int number = 0; number < 900; number++) {
            assertThat(completed.state(number).hasLeader()).isTrue();
        }
    }

    @Test
    void theWholeStateIsOneSharedSetHoweverManyBrokersAreTold() {
        ClusterImage image = ClusterImage.of(BROKERS, List.of(topic("orders", 100)), Set.of());

        List<Commit> commits = commits(controller.step(ClusterImage.EMPTY, new Event.Elected(image)));

        Announcements whole = commits.get(commits.size() - 1).announcements();
        assertThat(whole.updateMetadata().get(1))
                .isSameAs(whole.updateMetadata().get(3));
        assertThat(whole.leaderAndIsr().get(2).size()).isEqualTo(100);
    }

    private List<Commit> commits(Decision decision) {
        return ImmutableList.copyOf(controller.commits(decision));
    }

    private static TopicImage topic(String name, int partitions) {
        return topic(name, partitions, Replicas.of(1, 2, 3));
    }

    private static TopicImage topic(String name, int partitions, Replicas replicas) {
        Assignment[] assignments = new Assignment[partitions];
        PartitionState[] states = new PartitionState[partitions];
        Arrays.fill(assignments, Assignment.of(replicas));
        Arrays.fill(states, new PartitionState(replicas.get(0), 0, replicas, LeaderRecovery.RECOVERED, 6, 0));
        return TopicImage.of(name, new TopicId(5, 5), Map.of(), 0, assignments, states);
    }

    private static BrokerRegistration broker(int id) {
        return GivenCluster.broker(id, 10 + id, Optional.empty());
    }
}
