package io.regent.cli.drill;

import io.regent.cli.node.ControllerSeat;
import java.util.List;

/**
 * How one kill went.
 *
 * @param victim the broker that was killed
 * @param rulesBefore who ruled before
 * @param interrupted the partitions that the victim led
 * @param moments what happened, in the order of time
 * @param longestGapsNanos for each partition, the longest time between two acknowledged writes
 * @param recovered whether every partition took writes again in time, and the victim came back
 */
record RoundResult(
        Endpoint victim,
        ControllerSeat rulesBefore,
        List<Integer> interrupted,
        List<Moment> moments,
        List<Long> longestGapsNanos,
        boolean recovered) {}
