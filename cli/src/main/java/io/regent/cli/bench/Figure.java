package io.regent.cli.bench;

/** What is measured of a controller, in the order of the report. Times are in milliseconds, memory in MB of 1,048,576 bytes. */
enum Figure {
    COLD_RULER("Takeover from a cold start: all told who rules", Unit.MS),
    COLD_TOLD("  all told every partition", Unit.MS),
    STANDBY_RULER("Takeover by a standby: all told who rules", Unit.MS),
    STANDBY_TOLD("  all told every partition", Unit.MS),
    DEATH_LEADERS("Death of a third's leader: new leaders told", Unit.MS),
    DEATH_TOLD("  all told", Unit.MS),
    RETURN_TOLD("Its return: told everything", Unit.MS),
    CREATE_ANSWERED("Topic of many partitions: answered", Unit.MS),
    CREATE_TOLD("  all told", Unit.MS),
    RESIDENT("Resident memory after a takeover", Unit.MB),
    PEAK("  at most, of all the time", Unit.MB),
    ALTER_PARTITION("One AlterPartition: answered", Unit.MS),
    ALTER_PARTITION_BUSY("  the controller's thread was busy", Unit.MS),
    ONE_TOPIC("One topic of one partition: all told", Unit.MS),
    ONE_TOPIC_BUSY("  the controller's thread was busy", Unit.MS),
    EMPTY_BROKER("Start of an empty broker: told everything", Unit.MS),
    EMPTY_BROKER_BUSY("  the controller's thread was busy", Unit.MS),
    KEEP_UP_DEATH("A standby beside another such death: warm again", Unit.MS),
    KEEP_UP_DEATH_READ("  znodes that it read", Unit.COUNT),
    KEEP_UP_RETURN("A standby beside the return: warm again", Unit.MS),
    KEEP_UP_RETURN_READ("  znodes that it read", Unit.COUNT),
    KEEP_UP_CPU("  processor time that it took, of both", Unit.MS),
    KEEP_UP_RULER("Takeover a second after such a death: all told who rules", Unit.MS),
    KEEP_UP_TAKEOVER("  all told every partition", Unit.MS);

    /** What a figure's value counts. */
    enum Unit {
        MS,
        MB,
        COUNT
    }

    private final String label;
    private final Unit unit;

    Figure(String label, Unit unit) {
        this.label = label;
        this.unit = unit;
    }

    /** Whether it is only measured when that is asked for. */
    boolean isOptional() {
        return compareTo(KEEP_UP_DEATH) >= 0;
    }

    String label() {
        return label;
    }

    Unit unit() {
        return unit;
    }
}
