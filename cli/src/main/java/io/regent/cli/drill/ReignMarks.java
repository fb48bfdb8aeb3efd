package io.regent.cli.drill;

import io.regent.cli.node.ControllerSeat;

/**
 * Marks the end of one reign and the beginning of the next on a timeline.
 *
 * <p>Any thread.
 */
final class ReignMarks implements ControllerWatch.Listener {
    private final Timeline timeline;
    private final ControllerSeat before;

    ReignMarks(Timeline timeline, ControllerSeat before) {
        this.timeline = timeline;
        this.before = before;
    }

    @Override
    public void gone(long nanos) {
        timeline.mark(Stage.CONTROLLER_GONE, nanos, "gone from ZooKeeper");
    }

    @Override
    public void taken(ControllerSeat seat, long nanos) {
        timeline.mark(Stage.ELECTED, nanos, text(before, seat));
    }

    static String text(ControllerSeat before, ControllerSeat seat) {
        boolean epochsKnown =
                before.epoch() != ControllerSeat.UNKNOWN_EPOCH && seat.epoch() != ControllerSeat.UNKNOWN_EPOCH;
        return "broker " + seat.brokerId() + (epochsKnown ? ", epoch " + before.epoch() + " → " + seat.epoch() : "");
    }
}
