package io.regent.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.broker.config.ConfigStore;
import io.regent.broker.quota.ClientQuotas;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientQuotaFeedTest {

    private static final Map<String, String> ONE_A_SECOND = Map.of("connection_creation_rate", "1");

    private final Metrics metrics = new Metrics();
    private final ClientQuotas quotas = new ClientQuotas(metrics, Time.SYSTEM, 11, 1);
    private final Replies store = new Replies();
    private final ClientQuotaFeed feed = new ClientQuotaFeed(store, quotas);

    /** A store that answers when the test does. */
    private static final class Replies implements ConfigStore {
        private final Map<EntityType, CompletableFuture<SortedMap<String, Map<String, String>>>> all =
                new EnumMap<>(EntityType.class);
        private CompletableFuture<Map<String, String>> one = new CompletableFuture<>();

        @Override
        public CompletableFuture<Map<String, String>> read(EntityType type, String name) {
            one = new CompletableFuture<>();
            return one;
        }

        @Override
        public CompletableFuture<SortedMap<String, Map<String, String>>> all(EntityType type) {
            return all.compute(type, (same, older) -> new CompletableFuture<>());
        }

        @Override
        public CompletableFuture<Map<String, String>> change(
                EntityType type, String name, UnaryOperator<Map<String, String>> change) {
            throw new UnsupportedOperationException("a feed changes nothing");
        }

        void allAre(SortedMap<String, Map<String, String>> found) {
            all.get(EntityType.IPS).complete(found);
        }
    }

    @AfterEach
    void close() {
        metrics.close();
    }

    private boolean isLimited() {
        return IntStream.range(0, 100).anyMatch(i -> quotas.connectionRestMs(InetAddress.getLoopbackAddress()) > 0);
    }

    @Test
    void whatChangesWhileAllAreReadIsNotUndoneByThat() {
        feed.start();
        feed.changed("ips/127.0.0.1");
        store.one.complete(ONE_A_SECOND);

        store.allAre(new TreeMap<>());

        assertThat(isLimited()).isTrue();
    }

    @Test
    void whatIsFoundGoneWhenAllAreReadAgainHoldsNoLonger() {
        feed.start();
        store.allAre(new TreeMap<>(Map.of("127.0.0.1", ONE_A_SECOND)));
        assertThat(isLimited()).isTrue();

        feed.doubt();
        feed.retryMissing();
        store.allAre(new TreeMap<>());

        assertThat(isLimited()).isFalse();
    }
}
