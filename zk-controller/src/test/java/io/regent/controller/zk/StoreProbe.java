package io.regent.controller.zk;

import static org.awaitility.Awaitility.await;

import io.regent.controller.Event;
import io.regent.controller.loop.StoreEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Records what a store tells. */
final class StoreProbe implements Consumer<StoreEvent> {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<StoreEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void accept(StoreEvent event) {
        events.add(event);
    }

    List<StoreEvent> events() {
        return List.copyOf(events);
    }

    void forget() {
        events.clear();
    }

    <T extends StoreEvent> T awaitEvent(Class<T> type) {
        return awaitEvent(type, event -> true);
    }

    <T extends StoreEvent> T awaitEvent(Class<T> type, Predicate<T> predicate) {
        return await().pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> find(type, predicate), Optional::isPresent)
                .orElseThrow();
    }

    /** An event for the core that the store has read. */
    <T extends Event> T awaitObserved(Class<T> type, Predicate<T> predicate) {
        StoreEvent.Observed observed = awaitEvent(
                StoreEvent.Observed.class,
                told -> type.isInstance(told.event()) && predicate.test(type.cast(told.event())));
        return type.cast(observed.event());
    }

    <T extends StoreEvent> Optional<T> find(Class<T> type, Predicate<T> predicate) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(predicate)
                .findFirst();
    }

    <T extends StoreEvent> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
