/** Incremental fetch sessions (KIP-227): what a fetcher asked for before, and what it has been told. */
package io.regent.broker.api.fetch;
