package io.regent.cli.drill;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Collects what happened in one failover, each moment measured from the kill.
 *
 * <p>Any thread may mark. Never looks at a clock: whoever saw something says when.
 */
final class Timeline {
    private final long killedNanos;
    private final List<Moment> moments = new ArrayList<>();

    /** @param killedNanos the kill on {@link System#nanoTime()} */
    Timeline(long killedNanos) {
        this.killedNanos = killedNanos;
    }

    long killedNanos() {
        return killedNanos;
    }

    synchronized void mark(Stage stage, long atNanos, String text) {
        moments.add(new Moment(stage, atNanos - killedNanos, text));
    }

    /** Marks a stage that happens once, unless it was marked already; tells whether it was new. */
    synchronized boolean markOnce(Stage stage, long atNanos, String text) {
        if (first(stage).isPresent()) {
            return false;
        }
        mark(stage, atNanos, text);
        return true;
    }

    synchronized Optional<Moment> first(Stage stage) {
        return moments.stream()
                .filter(moment -> moment.stage() == stage)
                .min(Comparator.comparingLong(Moment::afterNanos));
    }

    boolean reached(Stage stage) {
        return first(stage).isPresent();
    }

    /** What was marked since {@code alreadySeen} marks had been, in the order of time. */
    synchronized List<Moment> since(int alreadySeen) {
        return moments.subList(alreadySeen, moments.size()).stream()
                .sorted(Comparator.comparingLong(Moment::afterNanos))
                .toList();
    }

    /** All moments, in the order of time. */
    List<Moment> all() {
        return since(0);
    }
}
