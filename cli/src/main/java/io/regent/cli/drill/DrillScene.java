package io.regent.cli.drill;

import java.util.Optional;

/**
 * All that the rounds of one drill work with.
 *
 * @param cluster what is tormented
 * @param workload what is written to it
 * @param ledger what was written
 * @param observer who asks brokers what they believe
 * @param controllerWatch who watches {@code /controller}, where there is a ZooKeeper to look into
 * @param patience how long to wait
 * @param view who is told
 */
record DrillScene(
        ClusterUnderTest cluster,
        Workload workload,
        WriteLedger ledger,
        ClusterObserver observer,
        Optional<ControllerWatch> controllerWatch,
        Patience patience,
        DrillView view) {}
