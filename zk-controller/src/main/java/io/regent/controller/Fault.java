package io.regent.controller;

/** The outcomes that the controller answers, each with its error code of Kafka's protocol. */
public enum Fault {
    UNKNOWN_SERVER_ERROR(-1),
    NONE(0),
    UNKNOWN_TOPIC_OR_PARTITION(3),
    BROKER_NOT_AVAILABLE(8),
    INVALID_TOPIC(17),
    TOPIC_ALREADY_EXISTS(36),
    INVALID_PARTITIONS(37),
    INVALID_REPLICATION_FACTOR(38),
    INVALID_REPLICA_ASSIGNMENT(39),
    INVALID_CONFIG(40),
    NOT_CONTROLLER(41),
    INVALID_REQUEST(42),
    POLICY_VIOLATION(44),
    OPERATION_NOT_ATTEMPTED(55),
    REASSIGNMENT_IN_PROGRESS(60),
    TOPIC_DELETION_DISABLED(73),
    FENCED_LEADER_EPOCH(74),
    STALE_BROKER_EPOCH(77),
    PREFERRED_LEADER_NOT_AVAILABLE(80),
    ELIGIBLE_LEADERS_NOT_AVAILABLE(83),
    ELECTION_NOT_NEEDED(84),
    NO_REASSIGNMENT_IN_PROGRESS(85),
    INVALID_UPDATE_VERSION(95),
    UNKNOWN_TOPIC_ID(100),
    BROKER_ID_NOT_REGISTERED(102),
    INELIGIBLE_REPLICA(107);

    private final short code;

    Fault(int code) {
        this.code = (short) code;
    }

    /** The error code on the wire. */
    public short code() {
        return code;
    }
}
