package io.regent.cli.cluster;

/**
 * Names a node of a local cluster, in its files as on the command line.
 *
 * <p>Immutable value.
 *
 * @param brokerId the broker's id, or -1 for the cluster's ZooKeeper
 */
public record NodeName(int brokerId) {
    /** The one ZooKeeper server of a local cluster. */
    public static final NodeName ZOOKEEPER = new NodeName(-1);

    private static final String ZOOKEEPER_TEXT = "zookeeper";
    private static final String BROKER_PREFIX = "broker-";

    public static NodeName broker(int id) {
        if (id < 0) {
            throw new IllegalArgumentException("a broker id is not negative: " + id);
        }
        return new NodeName(id);
    }

    /** Reads back what {@link #toString()} wrote. */
    static NodeName parse(String text) {
        if (text.equals(ZOOKEEPER_TEXT)) {
            return ZOOKEEPER;
        }
        if (text.startsWith(BROKER_PREFIX)) {
            return broker(Integer.parseInt(text.substring(BROKER_PREFIX.length())));
        }
        throw new IllegalArgumentException("no node is called " + text);
    }

    public boolean isBroker() {
        return brokerId >= 0;
    }

    /** The name in a sentence. */
    public String inWords() {
        return isBroker() ? "broker " + brokerId : "ZooKeeper";
    }

    @Override
    public String toString() {
        return isBroker() ? BROKER_PREFIX + brokerId : ZOOKEEPER_TEXT;
    }
}
