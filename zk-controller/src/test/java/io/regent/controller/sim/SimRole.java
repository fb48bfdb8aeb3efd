package io.regent.controller.sim;

import io.regent.controller.loop.Candidacy;

/**
 * What a simulated node is there for.
 *
 * @param stores whether it is a broker; one that is none only rules
 * @param candidacy how much it wants to rule
 */
record SimRole(boolean stores, Candidacy candidacy) {

    /** A broker that rules when it comes to that, as most are. */
    static final SimRole ORDINARY = new SimRole(true, Candidacy.ORDINARY);

    boolean isPreferred() {
        return candidacy == Candidacy.PREFERRED;
    }
}
