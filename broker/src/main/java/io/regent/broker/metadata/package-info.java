/** What the controller told this broker about the cluster: an immutable snapshot, swapped by UpdateMetadata. */
package io.regent.broker.metadata;
