package io.regent.broker.api;

import io.regent.controller.Fault;
import io.regent.controller.Outcome;
import io.regent.metadata.TopicId;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Turns the controller's own words into the protocol's and back. Pure functions. */
final class Faults {
    private Faults() {}

    static Errors error(Fault fault) {
        return Errors.forCode(fault.code());
    }

    /** Null where nothing went wrong, as error messages are on the wire. */
    static String message(Outcome outcome) {
        if (outcome.isOk()) {
            return null;
        }
        return outcome.message().isEmpty() ? error(outcome.fault()).message() : outcome.message();
    }

    static Uuid uuid(TopicId id) {
        return new Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    static TopicId topicId(Uuid id) {
        return new TopicId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
