/** The log directories: partition logs on Kafka's own segment files, their loading, retention, compaction and checkpoints. */
package io.regent.broker.log;
