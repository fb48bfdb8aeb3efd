package io.regent.cli.drill;

import io.regent.cli.CommandFailure;

/** Says whom a drill kills. */
sealed interface Victim {
    /** Whoever rules at the time. */
    record Controller() implements Victim {}

    /** Whoever leads the topic's first partition at the time. */
    record Leader() implements Victim {}

    /** This broker each time. */
    record Broker(int id) implements Victim {}

    /** Reads {@code controller}, {@code leader} or a broker id. */
    static Victim parse(String text) {
        return switch (text) {
            case "controller" -> new Controller();
            case "leader" -> new Leader();
            default -> {
                try {
                    int id = Integer.parseInt(text);
                    if (id >= 0) {
                        yield new Broker(id);
                    }
                } catch (NumberFormatException e) {
                    throw new CommandFailure("--victim is controller, leader or a broker id, not: " + text, e);
                }
                throw new CommandFailure("--victim is controller, leader or a broker id, not: " + text);
            }
        };
    }
}
