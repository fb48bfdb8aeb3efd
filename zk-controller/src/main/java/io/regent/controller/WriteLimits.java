package io.regent.controller;

/** How large a write to ZooKeeper may be. ZooKeeper drops a connection whose request is over its jute.maxbuffer. */
public final class WriteLimits {

    /** The bytes of one znode: below jute.maxbuffer's default of 1,048,575, less path, ACL and the rest of a multi. */
    public static final int MAX_ZNODE_BYTES = 900_000;

    /** The fewest bytes that a partition takes in its topic's znode are nine, so nobody need encode more to know. */
    static final int MAX_TOPIC_PARTITIONS = MAX_ZNODE_BYTES / 9;

    /** The bytes of one multi: half of the default, so that counting by the byte is not needed. */
    static final int MAX_COMMIT_BYTES = 512 * 1024;

    /** The operations of one multi: measured, larger ones are no faster and block other sessions longer. */
    public static final int MAX_COMMIT_WRITES = 500;

    private WriteLimits() {}
}
