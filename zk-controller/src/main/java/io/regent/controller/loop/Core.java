package io.regent.controller.loop;

import io.regent.controller.Announcements;
import io.regent.controller.Commit;
import io.regent.controller.Controller;
import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import java.util.Collection;
import java.util.Iterator;

/** Who decides in a reign: the core's {@link Controller}, or a test's. */
interface Core {

    Decision step(ClusterImage now, Event event);

    Iterator<Commit> commits(Decision decision);

    Announcements whoRules(Collection<BrokerRegistration> live);

    /** Makes the one that decides in this reign. */
    interface Factory {
        Core of(Reign reign);
    }

    static Core of(Controller controller) {
        return new Core() {
            @Override
            public Decision step(ClusterImage now, Event event) {
                return controller.step(now, event);
            }

            @Override
            public Iterator<Commit> commits(Decision decision) {
                return controller.commits(decision);
            }

            @Override
            public Announcements whoRules(Collection<BrokerRegistration> live) {
                return controller.whoRules(live);
            }
        };
    }
}
