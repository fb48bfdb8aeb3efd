package io.regent.controller.loop;

import io.regent.controller.Reign;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Strives for {@code /controller} in the name of one node: knows who was last seen to hold it, and says when to contest,
 * when to wait, and when to take it from another. Used by the loop only. It never writes as a controller, and knows
 * nothing of the reign that it leads to.
 */
final class Contest {

    private static final Logger LOG = LoggerFactory.getLogger(Contest.class);

    private final NodeSettings settings;
    private final Ports ports;
    private final Phases phases;
    private final Neighbours neighbours;
    private final Timeline timeline;
    private final ReignClock stages;
    private final Backoff backoff = new Backoff();
    private final Preference preference;

    private OptionalInt owner = OptionalInt.empty();
    private boolean vacant = true;

    Contest(
            NodeSettings settings,
            Ports ports,
            Phases phases,
            Neighbours neighbours,
            Timeline timeline,
            ReignClock stages) {
        this.settings = settings;
        this.ports = ports;
        this.phases = phases;
        this.neighbours = neighbours;
        this.timeline = timeline;
        this.stages = stages;
        this.preference = new Preference(settings);
    }

    /** Who holds {@code /controller}; empty when nobody does, or when that cannot be read. */
    OptionalInt holder() {
        return vacant ? OptionalInt.empty() : owner;
    }

    /** Contests now, if this node may rule at all. */
    void begin() {
        if (settings.candidacy() == Candidacy.NEVER) {
            phases.enter(Phase.FOLLOWING);
        } else {
            contest(ports.store()::contest);
        }
    }

    /** Contests after a pause that grows with each surprise. */
    void beginAfterPause() {
        phases.enterContestAfter(backoff.nextMs(ports.timers().nowMs()), this::begin);
    }

    /** Contests again, with nobody between this reign and the next. */
    void renew(Reign ended) {
        contest(() -> ports.store().renew(ended));
    }

    private void contest(Runnable attempt) {
        phases.enter(Phase.CONTESTING);
        stages.contesting();
        attempt.run();
    }

    void won() {
        owner = OptionalInt.of(settings.nodeId());
        vacant = false;
    }

    /** @param epoch the highest controller epoch that was seen */
    void lost(OptionalInt to, int epoch) {
        if (!phases.is(Phase.CONTESTING)) {
            return;
        }
        owner = to;
        vacant = false;
        timeline.follows(to);
        phases.enter(Phase.FOLLOWING);
        if (to.isPresent() && to.getAsInt() == settings.nodeId()) {
            // Left by an earlier life of this node (KAFKA-13407). The store removes it once the id is surely ours.
            phases.after(backoff.nextMs(ports.timers().nowMs()), this::begin);
        } else {
            backoff.reset();
            to.ifPresent(id -> neighbours.deathOfRuler(id, epoch).ifPresent(dead -> depose(dead, epoch)));
            takeIfPreferred();
        }
    }

    void failed(String reason) {
        if (phases.is(Phase.CONTESTING)) {
            LOG.warn("[Controller id={}] the contest failed: {}", settings.nodeId(), reason);
            beginAfterPause();
        }
    }

    void observed(StoreEvent.ControllerObserved observed) {
        boolean wasHeld = !vacant;
        OptionalInt before = owner;
        vacant = !observed.exists();
        owner = observed.owner();
        if (phases.is(Phase.FOLLOWING) && (vacant || observed.ours())) {
            if (wasHeld && vacant) {
                timeline.vacant(before);
            }
            begin();
        } else {
            takeIfPreferred();
        }
    }

    void preferredAre(Set<Integer> nodeIds) {
        preference.observed(nodeIds);
        takeIfPreferred();
    }

    /** What was refused or came to nothing is told as of any contest, and considered anew. */
    private void takeIfPreferred() {
        if (!phases.is(Phase.FOLLOWING) || vacant || !preference.outranks(owner)) {
            return;
        }
        long nowMs = ports.timers().nowMs();
        long waitMs = preference.waitMs(nowMs);
        timeline.takesReign(owner, waitMs);
        if (preference.takes(nowMs)) {
            contest(() -> ports.store().supplant(owner.getAsInt()));
        } else {
            phases.after(waitMs, this::takeIfPreferred);
        }
    }

    /**
     * Takes the place of the dead node, if it is the controller that is followed: in the step that removes it. A node that
     * may not rule only vacates the place.
     *
     * @param epoch the highest controller epoch that was seen
     */
    void succeed(PeerWatch.Dead dead, int epoch) {
        if (settings.candidacy() == Candidacy.NEVER) {
            depose(dead, epoch);
        } else if (follows(dead)) {
            timeline.deposes(dead);
            neighbours.deposed(dead, epoch);
            contest(() -> ports.store().succeed(dead.brokerId()));
        }
    }

    /** Vacates {@code /controller} for everybody, if it is the dead node that is followed. */
    private void depose(PeerWatch.Dead dead, int epoch) {
        if (follows(dead)) {
            timeline.deposes(dead);
            neighbours.deposed(dead, epoch);
            ports.store().depose(dead.brokerId());
        }
    }

    private boolean follows(PeerWatch.Dead dead) {
        return phases.is(Phase.FOLLOWING) && holder().equals(OptionalInt.of(dead.brokerId()));
    }
}
