/**
 * The benchmark that measures a ZooKeeper-mode controller from outside: what it is told apart by is only what it writes to
 * ZooKeeper and what it tells brokers.
 */
package io.regent.cli.bench;
