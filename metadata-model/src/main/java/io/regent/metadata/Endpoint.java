package io.regent.metadata;

/**
 * An address at which a broker serves.
 *
 * @param listener the listener's name, such as {@code PLAINTEXT} or {@code INTERNAL}
 * @param securityProtocol the protocol spoken there, such as {@code PLAINTEXT} or {@code SASL_SSL}
 * @param host a host name or an IP address, IPv6 without brackets
 * @param port a TCP port
 */
public record Endpoint(String listener, String securityProtocol, String host, int port) {

    /** The form of a registration's {@code endpoints}: {@code LISTENER://host:port}, IPv6 in brackets. */
    public String connectionString() {
        String printedHost = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return listener + "://" + printedHost + ":" + port;
    }
}
