package io.regent.controller.detect;

/**
 * What one node makes of what it sees of another's sockets: when to try a connection, and when there is surely no process
 * behind the address any more. Immutable and pure.
 *
 * <p>The verdict takes three observations, in this order: an established connection that closed, and two connections in a
 * row that were actively refused. A peer that was never reached, and one that is silent, is never found dead: that may be
 * a network or a firewall, and the peer's ZooKeeper session is the judge.
 *
 * @param state how far suspicion has gone
 * @param refusals how many connections in a row were refused
 */
record Suspicion(State state, int refusals) {

    /**
     * One refusal may be the moment between two lives of a process that restarts in place, or a listener that is being
     * rebound; a second one, {@link #SECOND_LOOK_MS} later, is not.
     */
    static final int REFUSALS_FOR_VERDICT = 2;

    /** The pause between the refusals. */
    static final long SECOND_LOOK_MS = 10;

    /** How often a peer that cannot be reached is tried. */
    static final long RETRY_MS = 1_000;

    /** Nothing was seen yet. */
    static final Suspicion NONE = new Suspicion(State.UNPROVEN, 0);

    /** How far suspicion has gone. */
    enum State {
        /** No connection was established, or it went silent: refusals mean nothing. */
        UNPROVEN,
        /** A connection stands. */
        ALIVE,
        /** The connection closed. */
        SUSPECT,
        /** No process is behind the address. Final. */
        DEAD
    }

    /** A connection was established. */
    Suspicion connected() {
        return state == State.DEAD ? this : new Suspicion(State.ALIVE, 0);
    }

    /** The established connection closed, by whoever. */
    Suspicion closed() {
        return state == State.ALIVE ? new Suspicion(State.SUSPECT, 0) : this;
    }

    /** A connection was refused by the peer's kernel. */
    Suspicion refused() {
        if (state != State.SUSPECT) {
            return this;
        }
        int now = refusals + 1;
        return new Suspicion(now >= REFUSALS_FOR_VERDICT ? State.DEAD : State.SUSPECT, now);
    }

    /** A connection could not be made for another reason: a timeout, no route, a name that is not resolved. */
    Suspicion unreachable() {
        return state == State.DEAD ? this : NONE;
    }

    boolean isDead() {
        return state == State.DEAD;
    }

    /** How long to wait before the next connection is tried. */
    long nextTryMs() {
        return switch (state) {
            case SUSPECT -> refusals == 0 ? 0 : SECOND_LOOK_MS;
            case UNPROVEN, ALIVE, DEAD -> RETRY_MS;
        };
    }
}
