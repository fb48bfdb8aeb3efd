package io.regent.cli.drill;

import io.regent.cli.CommandFailure;

/** Says whom a drill kills. */
sealed interface Victim {
    /** Whoever rules at the time. */
    record Controller() implements Victim {}

    /** Whoever leads the topic's first partition at the time. */
    record Leader() implements Victim {}

    /** Of those that do not rule at the time, the broker that leads most of the topic's partitions. */
    record Follower() implements Victim {}

    /** This broker each time. */
    record Broker(int id) implements Victim {}

    /** Reads {@code controller}, {@code leader}, {@code follower} or a broker id. */
    static Victim parse(String text) {
        return switch (text) {
            case "controller" -> new Controller();
            case "leader" -> new Leader();
            case "follower" -> new Follower();
            default -> {
                try {
                    int id = Integer.parseInt(text);
                    if (id >= 0) {
                        yield new Broker(id);
                    }
                } catch (NumberFormatException e) {
                    throw unreadable(text, e);
                }
                throw unreadable(text, null);
            }
        };
    }

    private static CommandFailure unreadable(String text, NumberFormatException cause) {
        return new CommandFailure("--victim is controller, leader, follower or a broker id, not: " + text, cause);
    }
}
