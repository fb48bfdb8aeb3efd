package io.regent.controller.zk;

import java.util.concurrent.CompletionException;
import org.apache.zookeeper.KeeperException.Code;

/** What became of a call to ZooKeeper that did not succeed: ZooKeeper's code, and the path it is about. */
public final class ZkFailure extends RuntimeException {

    private final Code code;
    private final String path;

    public ZkFailure(Code code, String path) {
        super(code + " at " + path, null, false, false);
        this.code = code;
        this.path = path;
    }

    /** The failure inside what a future completed with; any other exception is passed on as it is. */
    static ZkFailure of(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ZkFailure failure) {
            return failure;
        }
        throw new IllegalStateException("unexpected failure of a call to ZooKeeper", cause);
    }

    Code code() {
        return code;
    }

    String path() {
        return path;
    }

    boolean is(Code other) {
        return code == other;
    }

    /** Whether the call may have taken effect although it failed: its reply was lost, or never read. */
    boolean fateUnknown() {
        return switch (code) {
            case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED, OPERATIONTIMEOUT, REQUESTTIMEOUT, MARSHALLINGERROR ->
                true;
            default -> false;
        };
    }
}
