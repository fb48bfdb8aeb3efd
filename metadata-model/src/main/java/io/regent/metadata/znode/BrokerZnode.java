package io.regent.metadata.znode;

import com.fasterxml.jackson.core.JsonGenerator;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.BrokerRegistration.FeatureRange;
import io.regent.metadata.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code /brokers/ids/N}, ephemeral: a broker's registration. Written in the registration's own version; read in
 * versions 1 (host and port) to 5 (features).
 */
public final class BrokerZnode {

    /** The parent of all registrations. */
    public static final String PARENT = "/brokers/ids";

    /** The version that a broker of Kafka 2.7 and later writes. */
    public static final int CURRENT_VERSION = 5;

    private static final String PLAINTEXT = "PLAINTEXT";
    private static final int NO_PORT = -1;
    private static final int MAX_PORT = 65535;
    private static final Pattern ENDPOINT = Pattern.compile("([^:/]+)://\\[?([0-9a-zA-Z\\-%._:]*)]?:(-?[0-9]{1,5})");

    private BrokerZnode() {}

    public static String path(int brokerId) {
        return PARENT + "/" + brokerId;
    }

    /**
     * The broker id that a child of {@link #PARENT} names.
     *
     * @throws BadZnodeException when the child's name is no broker id
     */
    public static int brokerId(String child) throws BadZnodeException {
        try {
            int id = Integer.parseInt(child);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            throw new BadZnodeException(PARENT + "/" + child, "its name is no broker id");
        }
        throw new BadZnodeException(PARENT + "/" + child, "its name is no broker id");
    }

    /** As Kafka writes it: the top-level host and port are those of the first PLAINTEXT endpoint, for old clients. */
    public static byte[] encode(BrokerRegistration broker) {
        Optional<Endpoint> plaintext = broker.endpoints().stream()
                .filter(e -> e.securityProtocol().equals(PLAINTEXT))
                .findFirst();
        return Json.object(json -> {
            if (broker.version() >= 5) {
                writeFeatures(json, broker.features());
            }
            if (broker.version() >= 4) {
                writeProtocols(json, broker.endpoints());
            }
            if (broker.version() >= 2) {
                writeEndpoints(json, broker.endpoints());
            }
            if (broker.version() >= 3 && broker.rack().isPresent()) {
                json.writeStringField("rack", broker.rack().get());
            }
            json.writeNumberField("jmx_port", broker.jmxPort());
            json.writeNumberField("port", plaintext.map(Endpoint::port).orElse(NO_PORT));
            json.writeStringField("host", plaintext.map(Endpoint::host).orElse(null));
            json.writeNumberField("version", broker.version());
            json.writeStringField("timestamp", Long.toString(broker.timestampMs()));
        });
    }

    private static void writeFeatures(JsonGenerator json, Map<String, FeatureRange> features) throws IOException {
        json.writeObjectFieldStart("features");
        for (Map.Entry<String, FeatureRange> feature : new TreeMap<>(features).entrySet()) {
            json.writeObjectFieldStart(feature.getKey());
            json.writeNumberField("min_version", feature.getValue().min());
            json.writeNumberField("max_version", feature.getValue().max());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeProtocols(JsonGenerator json, List<Endpoint> endpoints) throws IOException {
        json.writeObjectFieldStart("listener_security_protocol_map");
        for (Endpoint endpoint : endpoints) {
            json.writeStringField(endpoint.listener(), endpoint.securityProtocol());
        }
        json.writeEndObject();
    }

    private static void writeEndpoints(JsonGenerator json, List<Endpoint> endpoints) throws IOException {
        json.writeArrayFieldStart("endpoints");
        for (Endpoint endpoint : endpoints) {
            json.writeString(endpoint.connectionString());
        }
        json.writeEndArray();
    }

    /**
     * Reads a registration.
     *
     * @param czxid the transaction that created the znode, which becomes the broker epoch
     */
    public static BrokerRegistration decode(int brokerId, byte[] data, long czxid) throws BadZnodeException {
        String path = path(brokerId);
        return Json.read(path, data, json -> new Draft(path, new Fields(path, json)).registration(brokerId, czxid));
    }

    /** The fields of a registration as they come; what they mean together depends on the version, which may come last. */
    private static final class Draft {
        private final String path;
        private int version;
        private String host;
        private int port = NO_PORT;
        private int jmxPort = NO_PORT;
        private long timestampMs;
        private Optional<String> rack = Optional.empty();
        private List<String> endpoints;
        private Map<String, String> protocols = Map.of();
        private final Map<String, FeatureRange> features = new TreeMap<>();

        Draft(String path, Fields fields) throws IOException, BadZnodeException {
            this.path = path;
            while (fields.next()) {
                // Kafka writes null for a host that there is not, and reads null as absent everywhere.
                if (fields.isNull()) {
                    continue;
                }
                switch (fields.name()) {
                    case "version" -> version = fields.integer(1);
                    case "host" -> host = fields.text();
                    case "port" -> port = fields.integer(NO_PORT);
                    case "jmx_port" -> jmxPort = fields.integer(NO_PORT);
                    case "timestamp" -> timestampMs = fields.numberInText();
                    case "rack" -> rack = Optional.of(fields.text());
                    case "endpoints" -> endpoints = fields.list(fields::text);
                    case "listener_security_protocol_map" -> protocols = fields.texts();
                    case "features" -> readFeatures(fields.object());
                    default -> fields.skip();
                }
            }
            if (version == 0) {
                throw fields.missing("version");
            }
        }

        private void readFeatures(Fields named) throws IOException, BadZnodeException {
            while (named.next()) {
                int min = 0;
                int max = -1;
                Fields range = named.object();
                while (range.next()) {
                    switch (range.name()) {
                        case "min_version" -> min = range.integer(0);
                        case "max_version" -> max = range.integer(0);
                        default -> range.skip();
                    }
                }
                if (max < min) {
                    throw named.bad("has a version range from " + min + " to " + max);
                }
                features.put(named.name(), new FeatureRange(min, max));
            }
        }

        BrokerRegistration registration(int brokerId, long czxid) throws BadZnodeException {
            return new BrokerRegistration(
                    brokerId, czxid, parsedEndpoints(), rack, jmxPort, features, timestampMs, version);
        }

        private List<Endpoint> parsedEndpoints() throws BadZnodeException {
            if (version == 1) {
                if (host == null || port == NO_PORT) {
                    throw new BadZnodeException(path, "it has no 'host' or no 'port'");
                }
                return List.of(new Endpoint(PLAINTEXT, PLAINTEXT, host, checkedPort(port)));
            }
            if (endpoints == null || endpoints.isEmpty()) {
                throw new BadZnodeException(path, "it has no 'endpoints'");
            }
            Endpoint[] parsed = new Endpoint[endpoints.size()];
            for (int i = 0; i < parsed.length; i++) {
                parsed[i] = endpoint(endpoints.get(i));
            }
            if (List.of(parsed).stream().map(Endpoint::listener).distinct().count() != parsed.length) {
                throw new BadZnodeException(path, "'endpoints' names a listener twice: " + endpoints);
            }
            return List.of(parsed);
        }

        private Endpoint endpoint(String text) throws BadZnodeException {
            Matcher match = ENDPOINT.matcher(text);
            if (!match.matches()) {
                throw new BadZnodeException(path, "endpoint '" + text + "' is not LISTENER://host:port");
            }
            String listener = match.group(1).toUpperCase(Locale.ROOT);
            return new Endpoint(
                    listener,
                    protocol(match.group(1), listener),
                    match.group(2),
                    checkedPort(Integer.parseInt(match.group(3))));
        }

        /** Before version 4 a listener was named after its protocol. */
        private String protocol(String written, String listener) throws BadZnodeException {
            String protocol = protocols.isEmpty() ? listener : protocols.getOrDefault(listener, protocols.get(written));
            if (protocol == null) {
                throw new BadZnodeException(
                        path, "listener '" + listener + "' is not in 'listener_security_protocol_map'");
            }
            return protocol;
        }

        private int checkedPort(int value) throws BadZnodeException {
            if (value < 0 || value > MAX_PORT) {
                throw new BadZnodeException(path, "port " + value + " is not from 0 to " + MAX_PORT);
            }
            return value;
        }
    }
}
