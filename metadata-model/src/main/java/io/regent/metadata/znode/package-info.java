/**
 * The znodes of Apache Kafka's ZooKeeper mode, one small class each: its path, and its data both ways, byte for byte as
 * Kafka 3.9 writes them.
 *
 * <p>Reading tolerates unknown fields and older versions of a format, and answers anything else with
 * {@link io.regent.metadata.znode.BadZnodeException}. All of it is pure and may be called by any thread.
 */
package io.regent.metadata.znode;
