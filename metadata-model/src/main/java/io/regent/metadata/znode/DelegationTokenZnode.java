package io.regent.metadata.znode;

import java.io.IOException;
import java.util.List;

/** {@code /delegation_token/tokens/ID}: a delegation token without its secret (KIP-48). */
public final class DelegationTokenZnode {

    /** The parent of all tokens. */
    public static final String PARENT = "/delegation_token/tokens";

    /** The parent of the notifications of changed tokens, whose data are a token's id as text. */
    public static final String CHANGES_PARENT = "/delegation_token/token_changes";

    /** What is created as a notification; ZooKeeper appends the sequence number. */
    public static final String CHANGES_SEQUENCE_PATH = CHANGES_PARENT + "/token_change_";

    private static final int FORMAT_VERSION = 3;

    private DelegationTokenZnode() {}

    /**
     * A token.
     *
     * @param owner who it stands for, percent-encoded as {@code User%3Aalice}
     * @param requester who asked for it (KIP-373), encoded likewise; the owner in formats before version 3
     * @param renewers who may renew it, encoded likewise
     */
    public record Content(String tokenId, String owner, String requester, List<String> renewers, Lifetime lifetime) {}

    /** When a token was issued, when it expires unless renewed, and until when it can be renewed. */
    public record Lifetime(long issueMs, long expiryMs, long maxMs) {}

    public static String path(String tokenId) {
        return PARENT + "/" + tokenId;
    }

    public static byte[] encode(Content token) {
        return Json.object(json -> {
            json.writeNumberField("issueTimestamp", token.lifetime().issueMs());
            json.writeArrayFieldStart("renewers");
            for (String renewer : token.renewers()) {
                json.writeString(renewer);
            }
            json.writeEndArray();
            json.writeStringField("tokenRequester", token.requester());
            json.writeStringField("tokenId", token.tokenId());
            json.writeStringField("owner", token.owner());
            json.writeNumberField("expiryTimestamp", token.lifetime().expiryMs());
            json.writeNumberField("maxTimestamp", token.lifetime().maxMs());
            json.writeNumberField("version", FORMAT_VERSION);
        });
    }

    public static Content decode(String tokenId, byte[] data) throws BadZnodeException {
        String path = path(tokenId);
        return Json.read(path, data, json -> token(new Fields(path, json)));
    }

    private static Content token(Fields fields) throws IOException, BadZnodeException {
        String tokenId = null;
        String owner = null;
        String requester = null;
        List<String> renewers = List.of();
        long issueMs = -1;
        long expiryMs = -1;
        long maxMs = -1;
        while (fields.next()) {
            switch (fields.name()) {
                case "tokenId" -> tokenId = fields.text();
                case "owner" -> owner = fields.text();
                case "tokenRequester" -> requester = fields.text();
                case "renewers" -> renewers = fields.list(fields::text);
                case "issueTimestamp" -> issueMs = fields.number(0, Long.MAX_VALUE);
                case "expiryTimestamp" -> expiryMs = fields.number(0, Long.MAX_VALUE);
                case "maxTimestamp" -> maxMs = fields.number(0, Long.MAX_VALUE);
                default -> fields.skip();
            }
        }
        if (tokenId == null) {
            throw fields.missing("tokenId");
        }
        if (owner == null) {
            throw fields.missing("owner");
        }
        if (issueMs < 0 || expiryMs < 0 || maxMs < 0) {
            throw fields.missing(issueMs < 0 ? "issueTimestamp" : expiryMs < 0 ? "expiryTimestamp" : "maxTimestamp");
        }
        Lifetime lifetime = new Lifetime(issueMs, expiryMs, maxMs);
        return new Content(tokenId, owner, requester == null ? owner : requester, renewers, lifetime);
    }
}
