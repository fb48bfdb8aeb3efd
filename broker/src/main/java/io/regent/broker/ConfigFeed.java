package io.regent.broker;

/**
 * Brings one kind of configuration from ZooKeeper to those who live by it, whenever it changes.
 *
 * <p>Any thread may call it; no call waits. What cannot be read is asked for again.
 */
interface ConfigFeed {
    /** Takes in a change; {@code entity} is as {@code /config/changes} names it, and may be of another kind. */
    void changed(String entity);

    /** What changed may have gone unheard: all is asked for again, with the next retry. */
    void doubt();

    /** Asks again for what could not be read; called now and then. */
    void retryMissing();
}
