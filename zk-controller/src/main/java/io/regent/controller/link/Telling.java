package io.regent.controller.link;

import io.regent.controller.Reign;
import io.regent.controller.loop.LinkEvent;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What the channels of one reign share: in whose name they speak, and how much of what it has announced is unanswered. Says
 * when there is nothing left. Any thread.
 */
final class Telling {

    private final Reign reign;
    private final ControlRequests requests;
    private final SharedMetadata metadata;
    private final Consumer<LinkEvent> listener;
    private final AtomicInteger open = new AtomicInteger();

    Telling(Reign reign, LinkSettings settings, Consumer<LinkEvent> listener) {
        this.reign = reign;
        this.requests = new ControlRequests(reign, settings);
        this.metadata = new SharedMetadata(requests);
        this.listener = listener;
    }

    Reign reign() {
        return reign;
    }

    ControlRequests requests() {
        return requests;
    }

    SharedMetadata metadata() {
        return metadata;
    }

    void tell(LinkEvent event) {
        listener.accept(event);
    }

    void begin() {
        open.incrementAndGet();
    }

    /** Whether anything is unanswered besides so much of it. */
    boolean isOpenBesides(int count) {
        return open.get() > count;
    }

    void done(int count) {
        if (count > 0 && open.addAndGet(-count) == 0) {
            metadata.forget();
            listener.accept(new LinkEvent.AllTold(reign.epoch()));
        }
    }
}
