package io.regent.controller.loop;

import io.regent.controller.Announcements;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** Links that remember what they were to announce. */
final class FakeLink implements BrokerLink {

    final List<Announcements> announced = new ArrayList<>();
    List<Integer> brokers = List.of();
    int endedReigns;
    private Consumer<LinkEvent> listener;

    @Override
    public void start(Consumer<LinkEvent> newListener) {
        listener = newListener;
    }

    void tell(LinkEvent event) {
        listener.accept(event);
    }

    @Override
    public void brokers(Reign reign, Collection<BrokerRegistration> live) {
        brokers = live.stream().map(BrokerRegistration::id).toList();
    }

    @Override
    public void announce(Reign reign, Announcements announcements) {
        announced.add(announcements);
    }

    @Override
    public void endReign() {
        endedReigns++;
    }

    @Override
    public void close() {}
}
