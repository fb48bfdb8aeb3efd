package io.regent.broker.network;

import io.regent.broker.BrokerConfig;
import org.apache.kafka.network.SocketServerConfigs;

/** What the request server takes from the broker's configuration: an immutable value, named after Kafka's keys. */
record NetworkSettings(
        int numNetworkThreads,
        int numIoThreads,
        int queuedMaxRequests,
        long queuedMaxRequestBytes,
        int socketRequestMaxBytes,
        int socketSendBufferBytes,
        int socketReceiveBufferBytes,
        int socketListenBacklogSize,
        long connectionsMaxIdleMs) {

    static NetworkSettings of(BrokerConfig config) {
        return new NetworkSettings(
                config.numNetworkThreads(),
                config.numIoThreads(),
                config.getInt(SocketServerConfigs.QUEUED_MAX_REQUESTS_CONFIG),
                config.getLong(SocketServerConfigs.QUEUED_MAX_BYTES_CONFIG),
                config.getInt(SocketServerConfigs.SOCKET_REQUEST_MAX_BYTES_CONFIG),
                config.getInt(SocketServerConfigs.SOCKET_SEND_BUFFER_BYTES_CONFIG),
                config.getInt(SocketServerConfigs.SOCKET_RECEIVE_BUFFER_BYTES_CONFIG),
                config.getInt(SocketServerConfigs.SOCKET_LISTEN_BACKLOG_SIZE_CONFIG),
                config.getLong(SocketServerConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG));
    }
}
