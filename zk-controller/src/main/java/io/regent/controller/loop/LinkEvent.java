package io.regent.controller.loop;

import io.regent.controller.Event;

/** What the {@link BrokerLink} tells the loop, always in the name of the reign that had announced something. */
public sealed interface LinkEvent {

    /** The controller epoch of the reign that this is about. */
    int controllerEpoch();

    /** A broker answered: {@link Event.LeaderAndIsrAnswered} or {@link Event.StopReplicaAnswered}. */
    record Answered(int controllerEpoch, Event answer) implements LinkEvent {}

    /** A broker knows of a newer reign. */
    record Deposed(int controllerEpoch, int brokerId) implements LinkEvent {}

    /** Every live broker has answered everything that was announced so far. */
    record AllTold(int controllerEpoch) implements LinkEvent {}
}
