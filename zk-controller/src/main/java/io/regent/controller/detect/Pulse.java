package io.regent.controller.detect;

/**
 * What one node makes of how another answers its heartbeats: when to ask, when to look a second time, and when the other's
 * process surely stands still. Immutable and pure.
 *
 * <p>The verdict takes two questions that nobody answered for half the timeout each: one on the connection that stands, and
 * one on a second connection, which the other's kernel accepted in the meantime. So a host that is gone and a network that
 * drops packets are never taken for a process that hangs.
 *
 * @param state how far doubt has gone
 * @param sinceMs when this state began
 */
record Pulse(State state, long sinceMs) {

    /** Nobody is asked while no connection stands. */
    static final Pulse NONE = new Pulse(State.NONE, 0);

    /** A peer that answers is asked again after this part of the timeout. */
    private static final int REST_DIVISOR = 4;

    /** Each of the two questions may wait for this part of the timeout. */
    private static final int ANSWER_DIVISOR = 2;

    /** How far doubt has gone. */
    enum State {
        /** There is no connection to ask on. */
        NONE,
        /** It answered. */
        RESTING,
        /** A question is on its way. */
        ASKED,
        /** The question was not answered in time, and a second connection is being made. */
        DOUBTED,
        /** The second connection was accepted, and the second question is on its way. */
        ASKED_TWICE,
        /** Neither was answered. It stays so until something is. */
        HUNG
    }

    /** What is to be done. */
    enum Step {
        WAIT,
        ASK,
        LOOK_AGAIN,
        /** Nobody accepts the second connection: that is a network's silence, and not a process's. */
        GIVE_UP,
        CONDEMN
    }

    static Pulse answered(long nowMs) {
        return new Pulse(State.RESTING, nowMs);
    }

    Pulse asked(long nowMs) {
        return new Pulse(State.ASKED, nowMs);
    }

    Pulse doubted(long nowMs) {
        return new Pulse(State.DOUBTED, nowMs);
    }

    Pulse askedTwice(long nowMs) {
        return new Pulse(State.ASKED_TWICE, nowMs);
    }

    Pulse hung(long nowMs) {
        return new Pulse(State.HUNG, nowMs);
    }

    /** The second look showed nothing, or this node itself stood still: the question waits anew. */
    Pulse anew(long nowMs) {
        return switch (state) {
            case NONE, HUNG -> this;
            case RESTING -> answered(nowMs);
            case ASKED, DOUBTED, ASKED_TWICE -> asked(nowMs);
        };
    }

    boolean isHung() {
        return state == State.HUNG;
    }

    /** What is due by now, where a hang is noticed after {@code timeoutMs}. */
    Step due(long nowMs, long timeoutMs) {
        long waitedMs = nowMs - sinceMs;
        boolean unanswered = waitedMs >= timeoutMs / ANSWER_DIVISOR;
        return switch (state) {
            case NONE, HUNG -> Step.WAIT;
            case RESTING -> waitedMs >= timeoutMs / REST_DIVISOR ? Step.ASK : Step.WAIT;
            case ASKED -> unanswered ? Step.LOOK_AGAIN : Step.WAIT;
            case DOUBTED -> unanswered ? Step.GIVE_UP : Step.WAIT;
            case ASKED_TWICE -> unanswered ? Step.CONDEMN : Step.WAIT;
        };
    }
}
