package io.regent.metadata.znode;

import java.io.IOException;

/** {@code /controller}, ephemeral: who rules. */
public final class ControllerZnode {

    public static final String PATH = "/controller";

    private static final int FORMAT_VERSION = 2;
    private static final int NO_KRAFT = -1;

    private ControllerZnode() {}

    /**
     * What the znode holds.
     *
     * @param brokerId the ruling broker
     * @param timestampMs when it was elected, by its own clock
     * @param kraftControllerEpoch the epoch of a KRaft controller that has taken over, or -1 (KIP-866)
     */
    public record Content(int brokerId, long timestampMs, int kraftControllerEpoch) {}

    public static byte[] encode(int brokerId, long timestampMs) {
        return encode(new Content(brokerId, timestampMs, NO_KRAFT));
    }

    static byte[] encode(Content content) {
        return Json.object(json -> {
            json.writeNumberField("version", FORMAT_VERSION);
            json.writeNumberField("brokerid", content.brokerId());
            json.writeStringField("timestamp", Long.toString(content.timestampMs()));
            json.writeNumberField("kraftControllerEpoch", content.kraftControllerEpoch());
        });
    }

    /** Reads version 2, and 1, which has no KRaft epoch. */
    public static Content decode(byte[] data) throws BadZnodeException {
        return Json.read(PATH, data, json -> content(new Fields(PATH, json)));
    }

    private static Content content(Fields fields) throws IOException, BadZnodeException {
        int brokerId = -1;
        long timestampMs = 0;
        int kraftControllerEpoch = NO_KRAFT;
        while (fields.next()) {
            switch (fields.name()) {
                case "brokerid" -> brokerId = fields.integer(0);
                case "timestamp" -> timestampMs = fields.numberInText();
                case "kraftControllerEpoch" -> kraftControllerEpoch = fields.integer(NO_KRAFT);
                default -> fields.skip();
            }
        }
        if (brokerId < 0) {
            throw fields.missing("brokerid");
        }
        return new Content(brokerId, timestampMs, kraftControllerEpoch);
    }
}
