package io.regent.controller.zk;

import io.regent.controller.Event.ObservedTopic;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Whom a {@link Mirror} serves. Called on the session's thread. */
interface MirrorClient {
    /** Nothing is marked any more. Only while taking over; may be said several times. */
    void clean();

    /** All that is known to have changed of topics' znodes has been read and told. Only while ruling. */
    void caughtUp();

    /** Topics' znodes are not as they were. Only while ruling. */
    void observed(List<ObservedTopic> topics);

    /** Topics' overrides are not as they were. Only while ruling. */
    void configured(SortedMap<String, Map<String, String>> overrides);

    /** Something of a topic that nobody could read has changed. Only while ruling. */
    void mended(String path);

    /** What is marked cannot be read, for another reason than a lost connection. Only while taking over. */
    void failed(String reason);
}
