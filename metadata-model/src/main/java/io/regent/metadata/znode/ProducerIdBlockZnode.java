package io.regent.metadata.znode;

import io.regent.metadata.ProducerIdBlock;
import java.io.IOException;

/** {@code /latest_producer_id_block}: the block of producer ids that was given out last. */
public final class ProducerIdBlockZnode {

    public static final String PATH = "/latest_producer_id_block";

    private static final int FORMAT_VERSION = 1;

    private ProducerIdBlockZnode() {}

    public static byte[] encode(ProducerIdBlock block) {
        return Json.object(json -> {
            json.writeNumberField("version", FORMAT_VERSION);
            json.writeNumberField("broker", block.brokerId());
            json.writeStringField("block_start", Long.toString(block.first()));
            json.writeStringField("block_end", Long.toString(block.last()));
        });
    }

    /** Reads a block. The znode has no data until the first block is given out: that is {@link ProducerIdBlock#NONE}. */
    public static ProducerIdBlock decode(byte[] data) throws BadZnodeException {
        if (data == null || data.length == 0) {
            return ProducerIdBlock.NONE;
        }
        return Json.read(PATH, data, json -> block(new Fields(PATH, json)));
    }

    private static ProducerIdBlock block(Fields fields) throws IOException, BadZnodeException {
        int brokerId = -1;
        long first = -1;
        long last = -1;
        while (fields.next()) {
            switch (fields.name()) {
                case "broker" -> brokerId = fields.integer(0);
                case "block_start" -> first = fields.numberInText();
                case "block_end" -> last = fields.numberInText();
                default -> fields.skip();
            }
        }
        if (brokerId < 0) {
            throw fields.missing("broker");
        }
        if (first < 0 || last < first) {
            throw new BadZnodeException(PATH, "it has a block from " + first + " to " + last);
        }
        return new ProducerIdBlock(brokerId, first, last);
    }
}
