package io.regent.controller.loop;

import io.regent.controller.Announcements;
import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Commit;
import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.NewReplicas;
import io.regent.controller.Notices;
import io.regent.controller.Outcome;
import io.regent.controller.Write;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterDelta;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A core that is easy to predict: it takes brokers as they are observed, and each shutdown that is asked, and each reading of
 * topics, writes two chunks, each followed by an announcement to broker 1.
 */
final class ScriptedCore implements Core {

    final List<Event> steps = new ArrayList<>();
    boolean throwing;
    /** What each of these decisions touches, besides what it writes. */
    Set<PartitionId> touched = Set.of();

    @Override
    public Decision step(ClusterImage now, Event event) {
        steps.add(event);
        if (throwing) {
            throw new IllegalStateException("an illegal state");
        }
        return switch (event) {
            case Event.Elected elected -> decision(ClusterDelta.nothing(elected.loaded()), Optional.empty(), true);
            case Event.BrokersObserved observed -> {
                ImageEditor editor = now.edit();
                observed.brokers().forEach(editor::putBroker);
                yield decision(editor.delta(), Optional.empty(), false);
            }
            case Asks.Shutdown asked -> written(now);
            case Event.TopicsObserved observed -> written(now);
            default -> decision(ClusterDelta.nothing(now), Optional.empty(), false);
        };
    }

    private static Decision decision(ClusterDelta delta, Optional<Answer> answer, boolean beginsReign) {
        Notices none = new Notices(PartitionSet.EMPTY, Collections.emptySortedSet(), List.of(), List.of());
        return new Decision(delta, List.of(), answer, beginsReign, none);
    }

    private Decision written(ClusterImage now) {
        return decision(
                now.edit().putOfflineReplicas(1, touched).delta(),
                Optional.of(new Answer.ShutdownProgress(Outcome.OK, PartitionSet.EMPTY)),
                false);
    }

    @Override
    public Iterator<Commit> commits(Decision decision) {
        if (decision.answer().isEmpty()) {
            return Collections.emptyIterator();
        }
        return List.of(
                        new Commit(List.of(new Write.Ensure("/first")), announcement(decision), false),
                        new Commit(List.of(new Write.Ensure("/second")), announcement(decision), false))
                .iterator();
    }

    @Override
    public Announcements whoRules(Collection<BrokerRegistration> live) {
        return new Announcements(
                ClusterImage.of(live, List.of(), Set.of()),
                new TreeMap<>(),
                NewReplicas.NONE,
                new TreeMap<>(),
                new TreeMap<>());
    }

    private static Announcements announcement(Decision decision) {
        SortedMap<Integer, PartitionSet> metadata = new TreeMap<>();
        metadata.put(1, PartitionSet.EMPTY);
        return new Announcements(decision.image(), new TreeMap<>(), NewReplicas.NONE, new TreeMap<>(), metadata);
    }
}
