package io.regent.controller.link;

import io.regent.controller.loop.LinkEvent;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Counts what one reign has announced and brokers have not answered, and says when there is nothing left. Any thread. */
final class Telling {

    private final int controllerEpoch;
    private final Consumer<LinkEvent> listener;
    private final AtomicInteger open = new AtomicInteger();

    Telling(int controllerEpoch, Consumer<LinkEvent> listener) {
        this.controllerEpoch = controllerEpoch;
        this.listener = listener;
    }

    int controllerEpoch() {
        return controllerEpoch;
    }

    void tell(LinkEvent event) {
        listener.accept(event);
    }

    void begin() {
        open.incrementAndGet();
    }

    void done(int count) {
        if (count > 0 && open.addAndGet(-count) == 0) {
            listener.accept(new LinkEvent.AllTold(controllerEpoch));
        }
    }
}
