/**
 * The controller's decisions: pure functions from a cluster image and an event to the next image, and from the
 * difference to what ZooKeeper must hold and what brokers must be told.
 *
 * <p>Sees no ZooKeeper, no network, no Kafka class, no thread, no clock and no randomness.
 */
package io.regent.controller;
