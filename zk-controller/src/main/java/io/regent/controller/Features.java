package io.regent.controller;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.FinalizedFeatures;
import io.regent.metadata.ZnodeCopy;
import java.util.Optional;

/**
 * Sets {@code /feature} up as each controller of Kafka does when it is elected (KIP-584): enabled from
 * {@code inter.broker.protocol.version} 2.7 on, disabled and without features below. Finalized features stay where
 * versioning was enabled already. A znode that nobody can read is left alone until it is mended. Pure.
 */
final class Features {

    private final ControllerSettings settings;
    private final Reign reign;

    Features(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    static void settleLoaded(Draft draft, ClusterImage loaded, ControllerSettings settings) {
        setUp(draft, loaded.features(), settings);
    }

    /** The znode was read after a change. Only when it has just been mended there is something to do. */
    Decision observed(ClusterImage now, Event.FeaturesObserved event) {
        ZnodeCopy<FinalizedFeatures> known = now.features();
        boolean isNewer = event.features().version() > known.version();
        if (!isNewer) {
            return new Draft(now, reign).decide();
        }
        Draft draft = new Draft(now.edit().setFeatures(event.features()).image(), reign);
        if (known.isUnreadable()) {
            setUp(draft, event.features(), settings);
        }
        return draft.decide();
    }

    private static void setUp(Draft draft, ZnodeCopy<FinalizedFeatures> found, ControllerSettings settings) {
        if (found.isUnreadable()) {
            return;
        }
        FinalizedFeatures none = settings.features();
        FinalizedFeatures wanted = found.content()
                .filter(features -> features.enabled() && none.enabled())
                .map(features -> new FinalizedFeatures(none.format(), true, features.levels()))
                .orElse(none);
        if (!found.content().equals(Optional.of(wanted))) {
            draft.edit().setFeatures(found.next(wanted));
        }
    }
}
