package io.regent.controller;

/** Why a partition's state changed, for the log and the timeline. */
public enum Reason {
    NEW_PARTITION("new partition: the first live replica leads"),
    LEADER_GONE("the leader is gone: the first live replica in the ISR leads"),
    LEADER_BACK("no leader before: the first live replica in the ISR leads"),
    UNCLEAN("no live replica in the ISR: the first live replica leads, and records may be lost"),
    NO_ELIGIBLE_REPLICA("no live replica may lead"),
    FOLLOWER_GONE("a follower is gone: it leaves the ISR"),
    PREFERRED("the preferred replica leads again"),
    CONTROLLED_SHUTDOWN("a broker shuts down: it leads no more and leaves the ISR"),
    REASSIGNING("a reassignment goes on"),
    REASSIGNED("the reassignment ends: removed replicas leave"),
    ISR_CHANGED("the leader changed the ISR"),
    LEADER_BEHIND("the leader did not know the partition epoch: it is told anew"),
    ISR_MENDED("the ISR held brokers that are no replicas");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
