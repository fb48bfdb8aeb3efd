package io.regent.cli.drill;

/** Where a broker listens. */
record Endpoint(int id, String host, int port) {
    String address() {
        return host + ":" + port;
    }
}
