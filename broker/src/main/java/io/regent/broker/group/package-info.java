/** The group coordinator's seat: kafka-group-coordinator's service over the logs of {@code __consumer_offsets}. */
package io.regent.broker.group;
