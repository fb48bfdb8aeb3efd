package io.regent.broker;

import io.regent.broker.config.ConfigStore;
import io.regent.broker.config.DynamicConfig;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what is set at run time for this broker and for all brokers from ZooKeeper to the broker's configuration. */
final class BrokerConfigFeed implements ConfigFeed {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerConfigFeed.class);
    private static final String BROKER_ENTITY = "brokers/";

    private final String brokerId;
    private final ConfigStore store;
    private final DynamicConfig config;
    private volatile boolean missing;

    BrokerConfigFeed(int brokerId, ConfigStore store, DynamicConfig config) {
        this.brokerId = Integer.toString(brokerId);
        this.store = store;
        this.config = config;
    }

    @Override
    public void changed(String entity) {
        if (entity.equals(BROKER_ENTITY + brokerId) || entity.equals(BROKER_ENTITY + ConfigZnode.DEFAULT_ENTITY)) {
            refresh();
        }
    }

    @Override
    public void doubt() {
        missing = true;
    }

    @Override
    public void retryMissing() {
        if (missing) {
            refresh();
        }
    }

    private void refresh() {
        var unused = store.read(EntityType.BROKERS, ConfigZnode.DEFAULT_ENTITY)
                .thenCombine(store.read(EntityType.BROKERS, brokerId), (ofCluster, ofBroker) -> {
                    config.become(ofCluster, ofBroker);
                    return true;
                })
                .whenComplete((done, failure) -> {
                    missing = failure != null;
                    if (missing) {
                        LOG.warn("The configuration of brokers cannot be read now: {}", failure.toString());
                    }
                });
    }
}
