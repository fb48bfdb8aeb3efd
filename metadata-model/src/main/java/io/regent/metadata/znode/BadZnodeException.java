package io.regent.metadata.znode;

/**
 * The data of a znode are not what belongs there. Checked, since whoever reads znodes must go on without this one: bad
 * data in one place never stops the controller.
 */
public final class BadZnodeException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String path;
    private final String reason;

    public BadZnodeException(String path, String reason) {
        super("znode " + path + " is unreadable: " + reason);
        this.path = path;
        this.reason = reason;
    }

    /** The znode. */
    public String path() {
        return path;
    }

    /** What is wrong with its data, for a person. */
    public String reason() {
        return reason;
    }
}
