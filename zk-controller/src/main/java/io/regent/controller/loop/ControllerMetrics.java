package io.regent.controller.loop;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import com.yammer.metrics.core.Timer;
import io.regent.controller.Asks;
import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/**
 * The controller's JMX beans, under Kafka's own names. Gauges read the loop's last status, and are zero on a node that
 * does not rule. Any thread.
 */
public final class ControllerMetrics implements AutoCloseable {

    private static final String DOMAIN = "kafka.controller";

    private static final int IDLE = 0;

    /** Kafka's names; the one of changes of brokers is older than the others. The time of a takeover is another. */
    private static final Map<Integer, String> BUSY_TIMERS = Map.ofEntries(
            Map.entry(2, "LeaderElectionRateAndTimeMs"),
            Map.entry(3, "TopicChangeRateAndTimeMs"),
            Map.entry(4, "TopicDeletionRateAndTimeMs"),
            Map.entry(5, "PartitionReassignmentRateAndTimeMs"),
            Map.entry(6, "AutoLeaderBalanceRateAndTimeMs"),
            Map.entry(7, "ManualLeaderBalanceRateAndTimeMs"),
            Map.entry(8, "ControlledShutdownRateAndTimeMs"),
            Map.entry(9, "IsrChangeRateAndTimeMs"),
            Map.entry(10, "LeaderAndIsrResponseReceivedRateAndTimeMs"),
            Map.entry(11, "LogDirChangeRateAndTimeMs"),
            Map.entry(13, "UncleanLeaderElectionEnableRateAndTimeMs"),
            Map.entry(14, "TopicUncleanLeaderElectionEnableRateAndTimeMs"),
            Map.entry(15, "ListPartitionReassignmentRateAndTimeMs"),
            Map.entry(17, "UpdateFeaturesRateAndTimeMs"));

    private final KafkaMetricsGroup controller = new KafkaMetricsGroup(DOMAIN, "KafkaController");
    private final KafkaMetricsGroup stats = new KafkaMetricsGroup(DOMAIN, "ControllerStats");
    private final KafkaMetricsGroup queue = new KafkaMetricsGroup(DOMAIN, "ControllerEventManager");
    private final List<Runnable> removals = new ArrayList<>();

    private final Timer controllerChanges;
    /** By Kafka's number of its controller's state: how long events kept the loop busy. */
    private final Map<Integer, Timer> busy = new HashMap<>();

    private final Meter uncleanElections;
    private final Histogram queueTime;

    private volatile int state;

    public ControllerMetrics() {
        BUSY_TIMERS.forEach((number, name) -> busy.put(number, timer(name)));
        controllerChanges = timer("ControllerChangeRateAndTimeMs");
        uncleanElections = stats.newMeter("UncleanLeaderElectionsPerSec", "elections", TimeUnit.SECONDS);
        removals.add(() -> stats.removeMetric("UncleanLeaderElectionsPerSec"));
        queueTime = queue.newHistogram("EventQueueTimeMs");
        removals.add(() -> queue.removeMetric("EventQueueTimeMs"));
    }

    private Timer timer(String name) {
        removals.add(() -> stats.removeMetric(name));
        return stats.newTimer(name, TimeUnit.MILLISECONDS, TimeUnit.SECONDS);
    }

    /** Begins to show this loop. */
    void observe(Supplier<LoopStatus> status, Supplier<Integer> inboxSize) {
        ImageCounts.Cache counts = new ImageCounts.Cache();
        gauge("ActiveControllerCount", () -> status.get().active() ? 1 : 0);
        gauge("ControllerState", () -> state);
        gauge("ActiveBrokerCount", () -> counts.of(status.get().image()).liveBrokers());
        // Only KRaft fences brokers that are registered.
        gauge("FencedBrokerCount", () -> 0);
        gauge("OfflinePartitionsCount", () -> counts.of(status.get().image()).offlinePartitions());
        gauge(
                "PreferredReplicaImbalanceCount",
                () -> counts.of(status.get().image()).imbalancedPartitions());
        gauge("GlobalTopicCount", () -> status.get().image().topics().size());
        gauge("GlobalPartitionCount", () -> counts.of(status.get().image()).partitions());
        gauge("TopicsToDeleteCount", () -> counts.of(status.get().image()).topicsToDelete());
        gauge("ReplicasToDeleteCount", () -> counts.of(status.get().image()).replicasToDelete());
        gauge(
                "TopicsIneligibleToDeleteCount",
                () -> counts.of(status.get().image()).topicsIneligibleToDelete());
        gauge(
                "ReplicasIneligibleToDeleteCount",
                () -> counts.of(status.get().image()).replicasIneligibleToDelete());
        queue.newGauge("EventQueueSize", () -> inboxSize.get() + status.get().waitingEvents());
        removals.add(() -> queue.removeMetric("EventQueueSize"));
    }

    private void gauge(String name, Supplier<Integer> value) {
        controller.newGauge(name, value);
        removals.add(() -> controller.removeMetric(name));
    }

    void deciding(Event event, long waitedMs) {
        state = stateCode(event);
        queueTime.update(waitedMs);
    }

    void decided(Decision decision) {
        for (Decision.Change change : decision.changes()) {
            if (change.reason() == Reason.UNCLEAN) {
                uncleanElections.mark();
            }
        }
    }

    /** The loop was busy for so long with the event of the last {@link #deciding}. */
    void worked(long nanos) {
        Timer timer = busy.get(state);
        if (timer != null) {
            timer.update(nanos, TimeUnit.NANOSECONDS);
        }
        state = IDLE;
    }

    /** The loop is busy with nothing: there is no reign. */
    void rests() {
        state = IDLE;
    }

    void controllerChanged(long tookMs) {
        controllerChanges.update(tookMs, TimeUnit.MILLISECONDS);
    }

    /** Kafka's number for what its controller is busy with. */
    private static int stateCode(Event event) {
        return switch (event) {
            case Event.Elected elected -> 1;
            case Event.BrokersObserved observed -> 2;
            case Event.TopicsObserved observed -> 3;
            case Asks.CreateTopics asked -> 3;
            case Asks.CreatePartitions asked -> 3;
            case Event.DeletionsObserved observed -> 4;
            case Asks.DeleteTopics asked -> 4;
            case Event.StopReplicaAnswered answered -> 4;
            case Event.ReassignmentsObserved observed -> 5;
            case Asks.AlterReassignments asked -> 5;
            case Asks.ListReassignments asked -> 15;
            case Event.RebalanceDue due -> 6;
            case Event.PreferredElectionsObserved ordered -> 7;
            case Event.IsrChangesObserved changes -> 9;
            case Event.LogDirEventsObserved failures -> 11;
            case Event.BrokerConfigObserved config -> 13;
            case Event.TopicConfigsObserved configs -> 14;
            case Event.FeaturesObserved observed -> 17;
            // Kafka has no number for these.
            case Event.ProducerIdsObserved ids -> 0;
            case Asks.AllocateProducerIds asked -> 0;
            case Asks.ElectLeaders asked -> 7;
            case Asks.Shutdown asked -> 8;
            case Asks.AlterPartition asked -> 9;
            case Event.LeaderAndIsrAnswered answered -> 10;
        };
    }

    /** Takes the beans away. */
    @Override
    public void close() {
        removals.forEach(Runnable::run);
        removals.clear();
    }
}
