package io.regent.broker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running parts of a broker, so that they end in the reverse order of their start.
 *
 * <p>Any thread may call it; one that fails to end never keeps the others from it.
 */
final class PartStack {
    private static final Logger LOG = LoggerFactory.getLogger(PartStack.class);

    private record Part(String name, AutoCloseable end) {}

    private final Deque<Part> parts = new ArrayDeque<>();

    /** @param end ends the part; called once */
    synchronized void push(String name, AutoCloseable end) {
        parts.push(new Part(name, end));
    }

    /** Ends a part at its second place on the stack, if it comes to that, no second time. */
    static AutoCloseable once(AutoCloseable end) {
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                end.close();
            }
        };
    }

    void closeAll() {
        for (Part part = pop(); part != null; part = pop()) {
            long startNs = System.nanoTime();
            try {
                part.end.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.error("The {} did not end well", part.name, e);
            }
            LOG.debug("The {} ended in {} ms", part.name, (System.nanoTime() - startNs) / 1_000_000);
        }
    }

    private synchronized Part pop() {
        return parts.poll();
    }
}
