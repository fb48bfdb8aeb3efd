package io.regent.metadata.znode;

import java.nio.charset.StandardCharsets;

/** {@code /controller_epoch}: how many reigns there were, as a decimal number without any JSON around it. */
public final class ControllerEpochZnode {

    public static final String PATH = "/controller_epoch";

    private ControllerEpochZnode() {}

    public static byte[] encode(int epoch) {
        return Integer.toString(epoch).getBytes(StandardCharsets.UTF_8);
    }

    public static int decode(byte[] data) throws BadZnodeException {
        String text = Json.text(PATH, data);
        try {
            int epoch = Integer.parseInt(text);
            if (epoch >= 0) {
                return epoch;
            }
        } catch (NumberFormatException e) {
            throw new BadZnodeException(PATH, "'" + text + "' is no controller epoch");
        }
        throw new BadZnodeException(PATH, "'" + text + "' is no controller epoch");
    }
}
