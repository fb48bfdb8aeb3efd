package io.regent.controller.loop;

import io.regent.controller.Announcements;
import io.regent.controller.Commit;
import io.regent.controller.Reign;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What was decided in a reign and is not durable yet, in order: announcements leave, and answers are given, only when
 * everything before them is durable.
 *
 * <p>Used by the loop only. A queue ends with its reign, whatever is still in it.
 */
final class CommitQueue {

    /**
     * How many commits may wait before no further event is decided on. More would not be written any sooner, and what
     * waits here is lost work if the reign ends.
     */
    static final int MAX_WAITING = 256;

    private final Reign reign;
    private final CoordinationStore store;
    private final Consumer<Announcements> announcer;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long nextTicket;
    /** What of the last decision is still to be written, as far as there is any. */
    private Iterator<Commit> rest = Collections.emptyIterator();

    private IntConsumer whenDurable = chunks -> {};
    private int chunks;
    private boolean writing;
    /** Whether the rest may only be written when all before it is durable. */
    private boolean held;

    private static final class Entry {
        private final long ticket;
        private final Runnable whenDurable;
        private boolean durable;

        Entry(long ticket, Runnable whenDurable, boolean durable) {
            this.ticket = ticket;
            this.whenDurable = whenDurable;
            this.durable = durable;
        }
    }

    /**
     * @param announcer is handed the announcements of each commit when they may be sent
     */
    CommitQueue(Reign reign, CoordinationStore store, Consumer<Announcements> announcer) {
        this.reign = reign;
        this.store = store;
        this.announcer = announcer;
    }

    boolean isFull() {
        return entries.size() >= MAX_WAITING;
    }

    /** Whether all that was decided is durable. */
    boolean isEmpty() {
        return entries.isEmpty() && !writing;
    }

    /** Whether what is to be written next must wait until all before it is durable. */
    boolean isHeld() {
        return held && !entries.isEmpty();
    }

    /** Whether something of the last decision is still to be written. */
    boolean hasMore() {
        return writing;
    }

    /**
     * Takes the commits of one decision, to be written one by one. Only when there are none left of the one before.
     *
     * @param afterAllBefore whether nothing of it may be on its way together with what was written before
     * @param thenDurable is told how many they were when they, and all before them, are durable
     */
    void add(Iterator<Commit> commits, boolean afterAllBefore, IntConsumer thenDurable) {
        rest = commits;
        held = afterAllBefore && rest.hasNext();
        whenDurable = thenDurable;
        chunks = 0;
        writing = true;
    }

    /** Has the next commit written, or finds that there is none left. */
    void writeNext() {
        held = false;
        if (rest.hasNext()) {
            Commit commit = rest.next();
            chunks++;
            Entry entry = new Entry(
                    nextTicket++,
                    () -> announcer.accept(commit.announcements()),
                    commit.writes().isEmpty());
            entries.add(entry);
            if (!entry.durable) {
                store.commit(reign, entry.ticket, commit.writes());
            }
        } else {
            writing = false;
            IntConsumer then = whenDurable;
            int count = chunks;
            entries.add(new Entry(nextTicket++, () -> then.accept(count), true));
        }
        release();
    }

    /**
     * Has it confirmed that the reign goes on before what is added next is done: what is written says so by itself, but a
     * deposed controller that does not know it yet could still answer what it only read.
     */
    void confirm() {
        Entry entry = new Entry(nextTicket++, () -> {}, false);
        entries.add(entry);
        store.commit(reign, entry.ticket, List.of());
    }

    /** The store says that this ticket's writes are durable. */
    void committed(long ticket) {
        // Tickets become durable in order, so the one that is meant is near the head.
        for (Entry entry : entries) {
            if (entry.ticket == ticket) {
                entry.durable = true;
                break;
            }
        }
        release();
    }

    private void release() {
        while (!entries.isEmpty() && entries.peek().durable) {
            entries.poll().whenDurable.run();
        }
    }
}
