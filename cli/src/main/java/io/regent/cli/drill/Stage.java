package io.regent.cli.drill;

/** The stages of a failover, in the order in which they usually come. */
enum Stage {
    KILLED("killed"),
    NOTICED("noticed"),
    CONTROLLER_GONE("/controller"),
    ELECTED("elected"),
    LEADERS_MOVED("leaders moved"),
    WRITABLE("writable"),
    RECOVERED("recovered"),
    RESTARTED("restarted"),
    REJOINED("in the ISR"),
    GAVE_UP("gave up");

    private final String label;

    Stage(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
