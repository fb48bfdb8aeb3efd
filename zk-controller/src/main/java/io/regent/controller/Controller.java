package io.regent.controller;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import java.util.Collection;
import java.util.Iterator;
import java.util.OptionalInt;

/**
 * Takes the controller's decisions, as pure functions of the image and the event. Immutable, so any thread may call it;
 * it does no IO, and knows no time.
 */
public final class Controller {

    private final Reign reign;
    private final OptionalInt unregistered;
    private final Takeover takeover;
    private final BrokerChanges brokerChanges;
    private final TopicCreation topicCreation;
    private final PartitionCreation partitionCreation;
    private final TopicChanges topicChanges;
    private final TopicDeletions topicDeletions;
    private final Elections elections;
    private final IsrChanges isrChanges;
    private final Reassignments reassignments;
    private final ControlledShutdown controlledShutdown;
    private final ConfigUpdates configUpdates;
    private final ProducerIdBlocks producerIds;
    private final Features features;

    /** A controller that rules by these settings, in the name of this reign. */
    public Controller(ControllerSettings settings, Reign reign) {
        this(settings, reign, OptionalInt.empty());
    }

    /** @param unregistered the ruling node where it is no broker: it is told metadata like one, since it answers clients */
    public Controller(ControllerSettings settings, Reign reign, OptionalInt unregistered) {
        this.reign = reign;
        this.unregistered = unregistered;
        Misplacement misplacement = new Misplacement(unregistered);
        this.takeover = new Takeover(settings, reign, misplacement);
        this.brokerChanges = new BrokerChanges(settings, reign);
        this.topicCreation = new TopicCreation(settings, reign);
        this.partitionCreation = new PartitionCreation(reign);
        this.topicChanges = new TopicChanges(settings, reign, misplacement);
        this.topicDeletions = new TopicDeletions(settings, reign);
        this.elections = new Elections(settings, reign);
        this.isrChanges = new IsrChanges(settings, reign);
        this.reassignments = new Reassignments(settings, reign);
        this.controlledShutdown = new ControlledShutdown(reign);
        this.configUpdates = new ConfigUpdates(settings, reign);
        this.producerIds = new ProducerIdBlocks(reign, unregistered);
        this.features = new Features(settings, reign);
    }

    /** The reign in whose name it decides. */
    public Reign reign() {
        return reign;
    }

    /** Applies what happened, then decides what follows from it. */
    public Decision step(ClusterImage now, Event event) {
        return switch (event) {
            case Event.Elected elected -> takeover.elected(elected);
            case Event.BrokersObserved brokers -> brokerChanges.observed(now, brokers);
            case Event.DeletionsObserved deletions -> topicDeletions.observed(now, deletions);
            case Event.ReassignmentsObserved observed -> reassignments.observed(now, observed);
            case Event.TopicsObserved observed -> topicChanges.observed(now, observed);
            case Event.LeaderAndIsrAnswered answered -> brokerChanges.leaderAndIsrAnswered(now, answered);
            case Event.StopReplicaAnswered answered -> topicDeletions.confirmed(now, answered);
            case Event.PreferredElectionsObserved ordered -> elections.ordered(now, ordered);
            case Event.IsrChangesObserved changes -> isrChanges.observed(now, changes);
            case Event.LogDirEventsObserved failures -> brokerChanges.logDirsFailed(now, failures);
            case Event.TopicConfigsObserved configs -> configUpdates.topicsObserved(now, configs);
            case Event.BrokerConfigObserved config -> configUpdates.brokerObserved(now, config);
            case Event.ProducerIdsObserved ids -> producerIds.observed(now, ids);
            case Event.FeaturesObserved observed -> features.observed(now, observed);
            case Event.RebalanceDue due -> elections.rebalance(now);
            case Asks.CreateTopics ask -> topicCreation.asked(now, ask);
            case Asks.CreatePartitions ask -> partitionCreation.asked(now, ask);
            case Asks.DeleteTopics ask -> topicDeletions.asked(now, ask);
            case Asks.ElectLeaders ask -> elections.asked(now, ask);
            case Asks.AlterReassignments ask -> reassignments.asked(now, ask);
            case Asks.ListReassignments ask -> reassignments.listed(now, ask);
            case Asks.AlterPartition ask -> isrChanges.asked(now, ask);
            case Asks.AllocateProducerIds ask -> producerIds.asked(now, ask);
            case Asks.Shutdown ask -> controlledShutdown.asked(now, ask);
        };
    }

    /** What must be written and announced for a decision, in order; each is made when it is taken. */
    public Iterator<Commit> commits(Decision decision) {
        return new Commits(decision, unregistered);
    }

    /** What these brokers can be told before anything else of the cluster is known: who rules, and that they live. */
    public Announcements whoRules(Collection<BrokerRegistration> live) {
        return Telling.whoRules(live, unregistered);
    }
}
