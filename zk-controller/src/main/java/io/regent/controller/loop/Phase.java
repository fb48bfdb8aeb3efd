package io.regent.controller.loop;

/** Where a {@link ControllerLoop} stands between having no session and ruling. */
enum Phase {
    /** No session: nothing can be done. */
    AWAY,
    /** A contest is on, or waits for its pause to end. */
    CONTESTING,
    /** Somebody else holds {@code /controller}. */
    FOLLOWING,
    /** {@code /controller} is ours and the cluster is being loaded. */
    ELECTED,
    /** Deciding. */
    RULING,
    /** The node is shutting down. */
    CLOSED
}
