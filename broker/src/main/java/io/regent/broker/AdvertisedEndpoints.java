package io.regent.broker;

import io.regent.metadata.Endpoint;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.network.ListenerName;

/** What a broker tells others of its listeners. Pure functions. */
final class AdvertisedEndpoints {
    private AdvertisedEndpoints() {}

    /** @param boundPort the port a listener got, which stands in for an advertised port 0 */
    static List<Endpoint> of(BrokerConfig config, ToIntFunction<ListenerName> boundPort) {
        return config.advertisedListeners().stream()
                .map(advertised -> {
                    ListenerName name = ListenerConfig.nameOf(advertised);
                    int port = advertised.port() == 0 ? boundPort.applyAsInt(name) : advertised.port();
                    return new Endpoint(name.value(), advertised.securityProtocol().name, advertised.host(), port);
                })
                .toList();
    }
}
