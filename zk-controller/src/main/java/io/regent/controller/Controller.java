package io.regent.controller;

import io.regent.metadata.ClusterImage;
import java.util.List;

/**
 * Takes the controller's decisions, as pure functions of the image and the event. Immutable, so any thread may call it;
 * it does no IO, and knows no time.
 */
public final class Controller {

    private final Reign reign;
    private final Takeover takeover;
    private final BrokerChanges brokerChanges;
    private final TopicCreation topicCreation;
    private final PartitionCreation partitionCreation;
    private final TopicDeletions topicDeletions;
    private final Elections elections;
    private final IsrChanges isrChanges;
    private final Reassignments reassignments;
    private final ControlledShutdown controlledShutdown;

    /** A controller that rules by these settings, in the name of this reign. */
    public Controller(ControllerSettings settings, Reign reign) {
        this.reign = reign;
        this.takeover = new Takeover(settings, reign);
        this.brokerChanges = new BrokerChanges(settings, reign);
        this.topicCreation = new TopicCreation(settings, reign);
        this.partitionCreation = new PartitionCreation(reign);
        this.topicDeletions = new TopicDeletions(settings, reign);
        this.elections = new Elections(settings, reign);
        this.isrChanges = new IsrChanges(settings, reign);
        this.reassignments = new Reassignments(settings, reign);
        this.controlledShutdown = new ControlledShutdown(reign);
    }

    /** The reign in whose name it decides. */
    public Reign reign() {
        return reign;
    }

    /** Applies what happened, then decides what follows from it. */
    public Decision step(ClusterImage now, Event event) {
        return switch (event) {
            case Event.Elected elected -> takeover.elected(elected.loaded());
            case Event.BrokersObserved brokers -> brokerChanges.observed(now, brokers);
            case Event.DeletionsObserved deletions -> topicDeletions.observed(now, deletions);
            case Event.ReassignmentsObserved observed -> reassignments.observed(now, observed);
            case Event.LeaderAndIsrAnswered answered -> brokerChanges.leaderAndIsrAnswered(now, answered);
            case Event.StopReplicaAnswered answered -> topicDeletions.confirmed(now, answered);
            case Event.RebalanceDue due -> elections.rebalance(now);
            case Asks.CreateTopics ask -> topicCreation.asked(now, ask);
            case Asks.CreatePartitions ask -> partitionCreation.asked(now, ask);
            case Asks.DeleteTopics ask -> topicDeletions.asked(now, ask);
            case Asks.ElectLeaders ask -> elections.asked(now, ask);
            case Asks.AlterReassignments ask -> reassignments.asked(now, ask);
            case Asks.ListReassignments ask -> reassignments.listed(now, ask);
            case Asks.AlterPartition ask -> isrChanges.asked(now, ask);
            case Asks.Shutdown ask -> controlledShutdown.asked(now, ask);
        };
    }

    /** What must be written and announced for a decision, in order. */
    public List<Commit> commits(Decision decision) {
        return Commits.of(decision);
    }
}
