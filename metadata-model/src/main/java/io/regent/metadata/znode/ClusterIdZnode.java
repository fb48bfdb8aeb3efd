package io.regent.metadata.znode;

import java.io.IOException;

/** {@code /cluster/id}: the id that the cluster was given at its first start. */
public final class ClusterIdZnode {

    public static final String PATH = "/cluster/id";

    private ClusterIdZnode() {}

    public static byte[] encode(String clusterId) {
        return Json.object(json -> {
            json.writeStringField("version", "1");
            json.writeStringField("id", clusterId);
        });
    }

    public static String decode(byte[] data) throws BadZnodeException {
        return Json.read(PATH, data, json -> id(new Fields(PATH, json)));
    }

    private static String id(Fields fields) throws IOException, BadZnodeException {
        String id = "";
        while (fields.next()) {
            if (fields.name().equals("id")) {
                id = fields.text();
            } else {
                fields.skip();
            }
        }
        if (id.isEmpty()) {
            throw fields.missing("id");
        }
        return id;
    }
}
