package io.regent.controller.loop;

import io.regent.controller.Decision;
import io.regent.controller.Event;

/** Watches a reign decide, for the timeline and the metrics. Called by the loop. */
interface ReignObserver {

    /** An event that waited this long is about to be decided on. */
    void deciding(Event event, long waitedMs);

    /** The event of the last {@link #deciding} led to this, to be written in so many chunks. */
    void decided(Decision decision, int chunks);

    /** This decision, and all before it, are durable, and their announcements are on their way. */
    void durable(Decision decision);
}
