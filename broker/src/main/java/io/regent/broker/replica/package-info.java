/** Leaders and followers of partitions: appends, fetches, epochs, the ISR, the high watermark and the fetchers. */
package io.regent.broker.replica;
