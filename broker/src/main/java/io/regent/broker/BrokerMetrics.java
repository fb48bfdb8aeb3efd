package io.regent.broker;

import java.util.function.Supplier;
import org.apache.kafka.metadata.BrokerState;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/**
 * What dashboards read of a broker as a whole: its state and that of its ZooKeeper session, under Kafka's names.
 *
 * <p>Any thread may call it.
 */
final class BrokerMetrics implements AutoCloseable {
    private static final String BROKER_STATE = "BrokerState";
    private static final String CLUSTER_ID = "ClusterId";
    private static final String SESSION_STATE = "SessionState";

    private final KafkaMetricsGroup server = new KafkaMetricsGroup("kafka.server", "KafkaServer");
    private final KafkaMetricsGroup session = new KafkaMetricsGroup("kafka.server", "SessionExpireListener");
    private volatile BrokerState state = BrokerState.STARTING;

    BrokerMetrics(String clusterId, Supplier<String> sessionState) {
        server.newGauge(BROKER_STATE, () -> state.value());
        server.newGauge(CLUSTER_ID, () -> clusterId);
        session.newGauge(SESSION_STATE, sessionState);
    }

    void become(BrokerState next) {
        state = next;
    }

    @Override
    public void close() {
        server.removeMetric(BROKER_STATE);
        server.removeMetric(CLUSTER_ID);
        session.removeMetric(SESSION_STATE);
    }
}
