package io.regent.cli.node;

/**
 * Who rules a cluster, as somebody told it.
 *
 * @param brokerId the controller's id, or {@link #NOBODY}
 * @param epoch its epoch, or {@link #UNKNOWN_EPOCH} where it is not told
 */
public record ControllerSeat(int brokerId, int epoch) {
    public static final int NOBODY = -1;
    public static final int UNKNOWN_EPOCH = -1;

    /** Nobody rules. */
    public static final ControllerSeat VACANT = new ControllerSeat(NOBODY, UNKNOWN_EPOCH);

    public boolean taken() {
        return brokerId != NOBODY;
    }

    /** The epoch for a person to read. */
    public String epochText() {
        return epoch == UNKNOWN_EPOCH ? "?" : Integer.toString(epoch);
    }
}
