package io.regent.controller.loop;

/** What a loop reaches the world through. */
public record Ports(CoordinationStore store, BrokerLink link, PeerWatch peers, Timers timers) {}
