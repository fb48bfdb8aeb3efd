package io.regent.broker.log;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Who may change a log's old segments: the cleaner, retention or, while it is paused, whoever paused it. Any thread may
 * call it. It never touches a log.
 */
final class CleaningStates {
    private final Map<TopicPartition, State> states = new HashMap<>();

    /** Thrown inside a cleaning pass that somebody else wants to end. */
    static final class CleaningAbortedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CleaningAbortedException(TopicPartition topicPartition) {
            super("Cleaning of " + topicPartition + " was called off");
        }
    }

    /** A log with no state is free. Pauses add up; a pass may end while others wait for it. */
    private static final class State {
        private boolean busy;
        private int pauses;
    }

    /** Takes a free log for a pass. @return whether it was free */
    synchronized boolean tryBegin(TopicPartition topicPartition) {
        if (states.containsKey(topicPartition)) {
            return false;
        }
        State state = new State();
        state.busy = true;
        states.put(topicPartition, state);
        return true;
    }

    synchronized void end(TopicPartition topicPartition) {
        State state = states.get(topicPartition);
        state.busy = false;
        forgetIfFree(topicPartition, state);
        notifyAll();
    }

    /** @throws CleaningAbortedException when somebody waits for the pass to end */
    synchronized void requireWanted(TopicPartition topicPartition) {
        if (states.get(topicPartition).pauses > 0) {
            throw new CleaningAbortedException(topicPartition);
        }
    }

    /** Calls a pass off, waits until it has ended, and keeps others from starting one until {@link #resume}. */
    synchronized void pause(TopicPartition topicPartition) {
        State state = states.computeIfAbsent(topicPartition, key -> new State());
        state.pauses++;
        boolean interrupted = false;
        // A pass looks after each chunk it reads, so this is short; truncation cannot go on without it.
        while (state.busy) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void resume(TopicPartition topicPartition) {
        State state = states.get(topicPartition);
        state.pauses--;
        forgetIfFree(topicPartition, state);
    }

    private void forgetIfFree(TopicPartition topicPartition, State state) {
        if (!state.busy && state.pauses == 0) {
            states.remove(topicPartition);
        }
    }
}
