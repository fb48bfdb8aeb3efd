package io.regent.controller.zk;

/**
 * How a node reaches ZooKeeper.
 *
 * @param connect {@code zookeeper.connect}: {@code host:port,host:port/chroot}
 * @param sessionTimeoutMs {@code zookeeper.session.timeout.ms}, as asked for; the server may grant another
 * @param connectionTimeoutMs {@code zookeeper.connection.timeout.ms}: how long the start waits for a first session
 * @param maxInFlight {@code zookeeper.max.in.flight.requests}: how many batches are on their way at once
 * @param manyWrites after how many writes with no pause between them, its own or those of who rules, a node would rather not be
 *     told of each
 */
public record ZkSettings(
        String connect, int sessionTimeoutMs, int connectionTimeoutMs, int maxInFlight, int manyWrites) {

    /** Kafka's default of {@code zookeeper.max.in.flight.requests}. */
    public static final int DEFAULT_MAX_IN_FLIGHT = 10;

    /** Fewer events cost less than looking away and looking again does. */
    private static final int DEFAULT_MANY_WRITES = 2_000;

    public ZkSettings(String connect, int sessionTimeoutMs, int connectionTimeoutMs, int maxInFlight) {
        this(connect, sessionTimeoutMs, connectionTimeoutMs, maxInFlight, DEFAULT_MANY_WRITES);
    }

    public ZkSettings {
        if (connect.isBlank()) {
            throw new IllegalArgumentException("zookeeper.connect is empty");
        }
    }

    /** The part of the connect string that names the servers. */
    String servers() {
        int slash = connect.indexOf('/');
        return slash < 0 ? connect : connect.substring(0, slash);
    }

    /** The chroot under which the cluster's znodes stand; empty when they stand at the root. */
    String chroot() {
        int slash = connect.indexOf('/');
        String path = slash < 0 ? "" : connect.substring(slash);
        return path.equals("/") ? "" : path;
    }
}
