package io.regent.metadata.znode;

import java.util.List;

/** The znodes without data that any Kafka broker makes sure of when it starts, so that the rest has parents. */
public final class PersistentZnodes {

    /** Where brokers that ask ZooKeeper for an id get one: the znode's {@code dataVersion} after a write. */
    public static final String BROKER_SEQUENCE = "/brokers/seqid";

    /** Their paths; ancestors of each may be missing as well. */
    public static final List<String> PATHS = List.of(
            "/consumers",
            BrokerZnode.PARENT,
            TopicZnode.PARENT,
            ConfigChangeZnode.PARENT,
            DeleteTopicsZnode.PARENT,
            BROKER_SEQUENCE,
            IsrChangeZnode.PARENT,
            ProducerIdBlockZnode.PATH,
            LogDirEventZnode.PARENT,
            "/config/topics",
            "/config/clients",
            "/config/users",
            "/config/brokers",
            "/config/ips");

    private PersistentZnodes() {}
}
