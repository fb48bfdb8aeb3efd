package io.regent.metadata.znode;

import java.io.IOException;

/** {@code /log_dir_event_notification/log_dir_event_NNNNNNNNNN}, sequential: a log directory of a broker has failed. */
public final class LogDirEventZnode {

    /** The parent of all notifications. */
    public static final String PARENT = "/log_dir_event_notification";

    /** What is created; ZooKeeper appends the sequence number. */
    public static final String SEQUENCE_PATH = PARENT + "/log_dir_event_";

    private static final int FORMAT_VERSION = 1;
    private static final int DIRECTORY_FAILED = 1;

    private LogDirEventZnode() {}

    public static byte[] encode(int brokerId) {
        return Json.object(json -> {
            json.writeNumberField("version", FORMAT_VERSION);
            json.writeNumberField("broker", brokerId);
            json.writeNumberField("event", DIRECTORY_FAILED);
        });
    }

    /** The broker that has lost a log directory. */
    public static int decode(String path, byte[] data) throws BadZnodeException {
        return Json.read(path, data, json -> brokerId(new Fields(path, json)));
    }

    private static int brokerId(Fields fields) throws IOException, BadZnodeException {
        int brokerId = -1;
        while (fields.next()) {
            if (fields.name().equals("broker")) {
                brokerId = fields.integer(0);
            } else {
                fields.skip();
            }
        }
        if (brokerId < 0) {
            throw fields.missing("broker");
        }
        return brokerId;
    }
}
