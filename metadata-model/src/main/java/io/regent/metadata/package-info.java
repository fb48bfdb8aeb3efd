/** What a cluster is: brokers, topics, partitions, and the difference between two moments of it. */
package io.regent.metadata;
