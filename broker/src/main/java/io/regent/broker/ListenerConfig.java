package io.regent.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.server.config.ReplicationConfigs;

/**
 * The listeners of a broker: where it binds, what it advertises, and which one its peers use, by Kafka's rules.
 *
 * <p>An immutable value, parsed by pure functions; it opens no socket and looks no name up, except for the canonical
 * host name, which the caller supplies on demand. Problems are collected as sentences that name the key.
 *
 * @param bound one endpoint a listener; an empty host means all interfaces
 * @param advertised what ZooKeeper and clients are told; hosts are never empty
 */
public record ListenerConfig(
        List<Endpoint> bound,
        List<Endpoint> advertised,
        ListenerName interBroker,
        Map<ListenerName, SecurityProtocol> protocols) {

    /** The raw strings of server.properties; a null means that the key is not set. */
    record Source(
            String listeners,
            String advertisedListeners,
            String protocolMap,
            String interBrokerListenerName,
            String interBrokerProtocol) {}

    private static final Pattern ENDPOINT = Pattern.compile(
            "(?<name>[^:/]+)://(?:\\[(?<ipv6>[0-9a-zA-Z:%._\\-]*)]|(?<host>[0-9a-zA-Z\\-._]*)):(?<port>-?[0-9]+)");
    private static final int MAX_PORT = 65_535;

    public ListenerConfig {
        bound = List.copyOf(bound);
        advertised = List.copyOf(advertised);
        protocols = Map.copyOf(protocols);
    }

    /** The endpoint that is bound for this listener, if there is one. */
    public Endpoint boundFor(ListenerName name) {
        return bound.stream()
                .filter(endpoint -> nameOf(endpoint).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no listener " + name.value()));
    }

    public static ListenerName nameOf(Endpoint endpoint) {
        return new ListenerName(endpoint.listenerName().orElseThrow());
    }

    /** Parses and checks; adds a sentence to {@code problems} for whatever is wrong, and returns null if anything was. */
    static ListenerConfig parse(Source source, Supplier<String> canonicalHostName, List<String> problems) {
        int before = problems.size();
        Map<ListenerName, SecurityProtocol> protocols = parseProtocolMap(source.protocolMap(), problems);
        String listenersKey = SocketServerConfigs.LISTENERS_CONFIG;
        List<Endpoint> bound = parseEndpoints(listenersKey, source.listeners(), protocols, problems);
        checkBound(bound, source.listeners(), problems);
        List<Endpoint> advertised = source.advertisedListeners() == null
                ? bound
                : parseEndpoints(
                        SocketServerConfigs.ADVERTISED_LISTENERS_CONFIG,
                        source.advertisedListeners(),
                        protocols,
                        problems);
        checkAdvertised(advertised, bound, source, problems);
        ListenerName interBroker = interBroker(source, problems);
        if (problems.size() == before) {
            checkInterBroker(interBroker, advertised, source, problems);
        }
        if (problems.size() > before) {
            return null;
        }
        return new ListenerConfig(bound, withHosts(advertised, canonicalHostName), interBroker, protocols);
    }

    private static Map<ListenerName, SecurityProtocol> parseProtocolMap(String text, List<String> problems) {
        String key = SocketServerConfigs.LISTENER_SECURITY_PROTOCOL_MAP_CONFIG;
        Map<ListenerName, SecurityProtocol> protocols = new HashMap<>();
        for (String entry : split(text)) {
            int colon = entry.lastIndexOf(':');
            if (colon <= 0) {
                problems.add(key + ": '" + entry + "' is not of the form listener:protocol");
                continue;
            }
            ListenerName name =
                    ListenerName.normalised(entry.substring(0, colon).trim());
            String protocol = entry.substring(colon + 1).trim().toUpperCase(Locale.ROOT);
            if (!SecurityProtocol.names().contains(protocol)) {
                problems.add(key + ": listener " + name.value() + " has the unknown security protocol '" + protocol
                        + "'; known are " + new TreeSet<>(SecurityProtocol.names()));
            } else if (protocols.put(name, SecurityProtocol.forName(protocol)) != null) {
                problems.add(key + ": listener " + name.value() + " is mapped twice");
            }
        }
        return protocols;
    }

    private static List<Endpoint> parseEndpoints(
            String key, String text, Map<ListenerName, SecurityProtocol> protocols, List<String> problems) {
        List<Endpoint> endpoints = new ArrayList<>();
        Set<ListenerName> names = new HashSet<>();
        for (String entry : split(text)) {
            Matcher matcher = ENDPOINT.matcher(entry);
            if (!matcher.matches()) {
                problems.add(key + ": '" + entry + "' is not of the form LISTENER_NAME://host:port");
                continue;
            }
            ListenerName name = ListenerName.normalised(matcher.group("name"));
            SecurityProtocol protocol = protocols.get(name);
            if (!names.add(name)) {
                problems.add(key + ": each listener must have a different name, but " + name.value()
                        + " occurs more than once in '" + text + "'");
            }
            if (protocol == null) {
                problems.add(key + ": no security protocol is defined for listener " + name.value() + " in "
                        + SocketServerConfigs.LISTENER_SECURITY_PROTOCOL_MAP_CONFIG);
            } else if (protocol != SecurityProtocol.PLAINTEXT) {
                problems.add(key + ": listener " + name.value() + " uses " + protocol
                        + ", which is not supported; only PLAINTEXT is");
            }
            String host = matcher.group("ipv6") != null ? matcher.group("ipv6") : matcher.group("host");
            int port = port(key, entry, matcher.group("port"), problems);
            endpoints.add(new Endpoint(name.value(), protocol, host, port));
        }
        if (endpoints.isEmpty() && split(text).isEmpty()) {
            problems.add(key + ": at least one listener must be defined");
        }
        return endpoints;
    }

    private static int port(String key, String entry, String digits, List<String> problems) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException tooManyDigits) {
            // Reported below, together with the ports that do fit an int.
        }
        problems.add(key + ": the port of '" + entry + "' is not between 0 and " + MAX_PORT);
        return 0;
    }

    private static void checkBound(List<Endpoint> bound, String text, List<String> problems) {
        Map<Integer, List<Endpoint>> byPort =
                bound.stream().filter(endpoint -> endpoint.port() != 0).collect(Collectors.groupingBy(Endpoint::port));
        byPort.forEach((port, endpoints) -> {
            if (endpoints.size() > 1 && !isOneOfEachIpVersion(endpoints)) {
                problems.add(SocketServerConfigs.LISTENERS_CONFIG
                        + ": each listener must have a different port, unless one has an IPv4 and the other an IPv6 "
                        + "address, but port " + port + " occurs " + endpoints.size() + " times in '" + text + "'");
            }
        });
    }

    /** The one case in which two listeners may share a port: they bind to different IP stacks. */
    private static boolean isOneOfEachIpVersion(List<Endpoint> endpoints) {
        long ipv6 = endpoints.stream().filter(e -> e.host().contains(":")).count();
        long ipv4 = endpoints.stream()
                .filter(e -> e.host().matches("\\d{1,3}(\\.\\d{1,3}){3}"))
                .count();
        return endpoints.size() == 2 && ipv4 == 1 && ipv6 == 1;
    }

    private static void checkAdvertised(
            List<Endpoint> advertised, List<Endpoint> bound, Source source, List<String> problems) {
        boolean explicit = source.advertisedListeners() != null;
        String key = explicit ? SocketServerConfigs.ADVERTISED_LISTENERS_CONFIG : SocketServerConfigs.LISTENERS_CONFIG;
        Set<String> boundNames = names(bound);
        for (Endpoint endpoint : advertised) {
            String name = endpoint.listenerName().orElseThrow();
            if (endpoint.host().equals("0.0.0.0") || endpoint.host().equals("::")) {
                problems.add(key + ": listener " + name + " would advertise the address " + endpoint.host()
                        + ", which nobody can connect to; set " + SocketServerConfigs.ADVERTISED_LISTENERS_CONFIG
                        + " to a routable address");
            }
            if (!boundNames.contains(name)) {
                problems.add(key + ": listener " + name + " is advertised but not among the listeners " + boundNames);
            }
            if (explicit && endpoint.port() == 0 && portOf(bound, name) != 0) {
                problems.add(key + ": listener " + name + " advertises port 0 while it is bound to a fixed port");
            }
        }
    }

    private static int portOf(List<Endpoint> endpoints, String name) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.listenerName().orElseThrow().equals(name))
                .mapToInt(Endpoint::port)
                .findFirst()
                .orElse(0);
    }

    private static ListenerName interBroker(Source source, List<String> problems) {
        boolean protocolSet = source.interBrokerProtocol() != null;
        if (source.interBrokerListenerName() == null) {
            String protocol = protocolSet ? source.interBrokerProtocol() : SecurityProtocol.PLAINTEXT.name;
            return new ListenerName(protocol.toUpperCase(Locale.ROOT));
        }
        if (protocolSet) {
            problems.add(ReplicationConfigs.INTER_BROKER_LISTENER_NAME_CONFIG + " and "
                    + ReplicationConfigs.INTER_BROKER_SECURITY_PROTOCOL_CONFIG + " cannot both be set");
        }
        return ListenerName.normalised(source.interBrokerListenerName());
    }

    private static void checkInterBroker(
            ListenerName interBroker, List<Endpoint> advertised, Source source, List<String> problems) {
        Set<String> names = names(advertised);
        if (!names.contains(interBroker.value())) {
            String key = source.interBrokerProtocol() == null
                    ? ReplicationConfigs.INTER_BROKER_LISTENER_NAME_CONFIG
                    : ReplicationConfigs.INTER_BROKER_SECURITY_PROTOCOL_CONFIG;
            problems.add(key + ": " + interBroker.value() + " is not an advertised listener; there are " + names);
        }
    }

    private static List<Endpoint> withHosts(List<Endpoint> advertised, Supplier<String> canonicalHostName) {
        return advertised.stream()
                .map(endpoint -> endpoint.host().isEmpty()
                        ? new Endpoint(
                                endpoint.listenerName().orElseThrow(),
                                endpoint.securityProtocol(),
                                canonicalHostName.get(),
                                endpoint.port())
                        : endpoint)
                .toList();
    }

    private static Set<String> names(List<Endpoint> endpoints) {
        return endpoints.stream()
                .map(endpoint -> endpoint.listenerName().orElseThrow())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.isBlank()) {
                parts.add(part.trim());
            }
        }
        return parts;
    }
}
