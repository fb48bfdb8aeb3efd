package io.regent.controller;

/**
 * How one item of an ask ended.
 *
 * @param fault {@link Fault#NONE} when it succeeded
 * @param message what was wrong, for a person; empty when it succeeded
 */
public record Outcome(Fault fault, String message) {

    /** It was done. */
    public static final Outcome OK = new Outcome(Fault.NONE, "");

    /** It was refused. */
    public static Outcome refused(Fault fault, String message) {
        return new Outcome(fault, message);
    }

    public boolean isOk() {
        return fault == Fault.NONE;
    }
}
