package io.regent.controller.loop;

import io.regent.controller.Announcements;
import io.regent.controller.Commit;
import io.regent.controller.Reign;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

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

    /** Has the commits of one decision written, and runs the task when they, and all before them, are durable. */
    void add(List<Commit> commits, Runnable whenDurable) {
        for (Commit commit : commits) {
            Entry entry = new Entry(
                    nextTicket++,
                    () -> announcer.accept(commit.announcements()),
                    commit.writes().isEmpty());
            entries.add(entry);
            if (!entry.durable) {
                store.commit(reign, entry.ticket, commit.writes());
            }
        }
        entries.add(new Entry(nextTicket++, whenDurable, true));
        release();
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
