package io.regent.metadata;

/** Whether a partition's leader still has to recover from an unclean election (KIP-704). */
public enum LeaderRecovery {
    /** The leader was elected cleanly, or has recovered. */
    RECOVERED(0),
    /** The leader was elected outside the ISR and has not recovered. */
    RECOVERING(1);

    private final int code;

    LeaderRecovery(int code) {
        this.code = code;
    }

    /** The number that stands for this in znodes and requests. */
    public int code() {
        return code;
    }

    /**
     * The value for the number of a znode or a request.
     *
     * @throws IllegalArgumentException when no value has it
     */
    public static LeaderRecovery of(int code) {
        return switch (code) {
            case 0 -> RECOVERED;
            case 1 -> RECOVERING;
            default -> throw new IllegalArgumentException("leader recovery state " + code + " is neither 0 nor 1");
        };
    }
}
