package io.regent.controller.loop;

import io.regent.controller.Announcements;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * What the loop needs to tell brokers what was decided. Every call returns at once, however many brokers are slow or
 * dead; what comes of it is told as {@link LinkEvent}s.
 */
public interface BrokerLink extends AutoCloseable {

    /** Begins to tell. Called once, before any other call. */
    void start(Consumer<LinkEvent> listener);

    /** Says which brokers live: those that went are told nothing more, and one with a new epoch is told anew. */
    void brokers(Reign reign, Collection<BrokerRegistration> live);

    /** Tells brokers this, each after what it was told before, until each has answered or is gone. */
    void announce(Reign reign, Announcements announcements);

    /** Forgets everything that is still to be told: the reign is over. */
    void endReign();

    /** Closes all connections. */
    @Override
    void close();
}
