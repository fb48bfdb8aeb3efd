package io.regent.broker.quota;

import java.util.List;
import java.util.Optional;

/**
 * Whom a quota is for: a user, a client id, or one of a user's client ids; {@link #DEFAULT} stands for each that has no
 * quota of its own. Immutable; names are as people write them.
 */
record QuotaEntity(Optional<String> user, Optional<String> clientId) {
    /** A name that no user or client can have, as in Kafka's znodes. */
    static final String DEFAULT = "<default>";

    static QuotaEntity of(String user, String clientId) {
        return new QuotaEntity(Optional.of(user), Optional.of(clientId));
    }

    static QuotaEntity ofUser(String user) {
        return new QuotaEntity(Optional.of(user), Optional.empty());
    }

    static QuotaEntity ofClient(String clientId) {
        return new QuotaEntity(Optional.empty(), Optional.of(clientId));
    }

    /** Whose quotas count for a client of this user, the closest first (KIP-55). */
    static List<QuotaEntity> precedence(String user, String clientId) {
        return List.of(
                of(user, clientId),
                of(user, DEFAULT),
                ofUser(user),
                of(DEFAULT, clientId),
                of(DEFAULT, DEFAULT),
                ofUser(DEFAULT),
                ofClient(clientId),
                ofClient(DEFAULT));
    }

    /** Who shares what this quota allows: each user and client that a default is for has its own share. */
    QuotaEntity sharedBy(String actualUser, String actualClientId) {
        return new QuotaEntity(user.map(any -> actualUser), clientId.map(any -> actualClientId));
    }
}
