package io.regent.cli.drill;

/** What rules a cluster of Apache Kafka, in the words of the command line. */
enum KafkaMode {
    /** A controller elected through ZooKeeper, with Kafka 3.x. */
    zookeeper,

    /** A quorum among the nodes themselves (KIP-500), each of them broker and controller. */
    kraft
}
