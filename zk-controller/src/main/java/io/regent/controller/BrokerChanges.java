package io.regent.controller;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What follows when brokers start, fail, bounce, move to other endpoints, or lose and regain log directories. Pure. */
final class BrokerChanges {

    private final ControllerSettings settings;
    private final Reign reign;

    BrokerChanges(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    /** The brokers are now these, and no others. */
    Decision observed(ClusterImage now, Event.BrokersObserved event) {
        Map<Integer, BrokerRegistration> observed = new TreeMap<>();
        event.brokers().forEach(broker -> observed.put(broker.id(), broker));
        Set<Integer> changedLives = new TreeSet<>();
        Set<Integer> bounced = new TreeSet<>();
        Draft draft = new Draft(now, reign);
        for (BrokerRegistration known : now.brokers().values()) {
            BrokerRegistration seen = observed.get(known.id());
            if (seen == null) {
                draft.edit().removeBroker(known.id());
                changedLives.add(known.id());
            } else if (seen.epoch() != known.epoch()) {
                bounced.add(known.id());
            }
        }
        for (BrokerRegistration seen : observed.values()) {
            if (!now.broker(seen.id()).equals(Optional.of(seen))) {
                draft.edit().putBroker(seen);
            }
            if (!now.isLive(seen.id()) || bounced.contains(seen.id())) {
                changedLives.add(seen.id());
            }
        }
        new Reconsideration(draft, settings, bounced).decideAllOf(changedLives);
        return draft.decide();
    }

    /** Brokers have lost log directories: each is told what it holds, and answers which of it is gone. */
    Decision logDirsFailed(ClusterImage now, Event.LogDirEventsObserved event) {
        Draft draft = new Draft(now, reign);
        event.brokers().stream().filter(now::isLive).forEach(draft::question);
        event.notifications().forEach(draft::consume);
        return draft.decide();
    }

    /** A broker said which of its replicas stand in failed log directories, and which it serves. */
    Decision leaderAndIsrAnswered(ClusterImage now, Event.LeaderAndIsrAnswered event) {
        Draft draft = new Draft(now, reign);
        boolean sameLife = now.broker(event.brokerId())
                .filter(b -> b.epoch() == event.brokerEpoch())
                .isPresent();
        Set<PartitionId> before = now.offlineReplicas(event.brokerId());
        if (!sameLife || (before.isEmpty() && event.inFailedLogDirectory().isEmpty())) {
            return draft.decide();
        }
        Set<PartitionId> after = new HashSet<>(before);
        after.removeIf(event.accepted()::contains);
        event.inFailedLogDirectory().forEach(after::add);
        if (after.equals(before)) {
            return draft.decide();
        }
        draft.edit().putOfflineReplicas(event.brokerId(), after);
        Reconsideration reconsideration = new Reconsideration(draft, settings, Set.of());
        PartitionSet changed = PartitionSet.of(after)
                .minus(PartitionSet.of(before))
                .plus(PartitionSet.of(before).minus(PartitionSet.of(after)));
        changed.forEach(reconsideration::decide);
        return draft.decide();
    }
}
