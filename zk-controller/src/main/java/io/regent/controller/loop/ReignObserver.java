package io.regent.controller.loop;

import io.regent.controller.Decision;
import io.regent.controller.Event;

/** Watches a reign decide, for the timeline and the metrics. Called by the loop. */
interface ReignObserver {

    /** An event that waited this long is about to be decided on. */
    void deciding(Event event, long waitedMs);

    /** The event of the last {@link #deciding} led to this. */
    void decided(Decision decision);

    /** The loop was busy with that event for so long; {@code more} when it will be again, to have the rest of it written. */
    void worked(long nanos, boolean more);

    /** This decision, and all before it, are durable in so many chunks, and their announcements are on their way. */
    void durable(Decision decision, int chunks);
}
