package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import java.util.List;

/** Says which node of a cluster a command is meant for, as the user names it. */
public sealed interface Target {
    /** The broker of this id. */
    record Broker(int id) implements Target {}

    /** Whichever broker rules. */
    record Controller() implements Target {}

    /** The cluster's ZooKeeper. */
    record ZooKeeper() implements Target {}

    /** Whichever broker leads this partition. */
    record LeaderOf(String topic, int partition) implements Target {}

    /**
     * Reads {@code ID}, {@code controller}, {@code zookeeper} or {@code leader-of TOPIC-PARTITION}.
     *
     * @throws CommandFailure naming what is wrong
     */
    static Target parse(List<String> words) {
        String first = words.get(0);
        if (first.equals("leader-of")) {
            if (words.size() != 2) {
                throw new CommandFailure("leader-of needs a partition, as in: leader-of orders-0");
            }
            return leaderOf(words.get(1));
        }
        if (words.size() > 1) {
            throw new CommandFailure("one target at a time: " + String.join(" ", words));
        }
        return switch (first) {
            case "controller" -> new Controller();
            case "zookeeper" -> new ZooKeeper();
            default ->
                new Broker(
                        number(first, "a target is a broker id, controller, zookeeper or leader-of TOPIC-PARTITION"));
        };
    }

    private static LeaderOf leaderOf(String text) {
        String expected = "a partition is written TOPIC-PARTITION, as in orders-0";
        int dash = text.lastIndexOf('-');
        if (dash < 1) {
            throw new CommandFailure(expected + ", not: " + text);
        }
        return new LeaderOf(text.substring(0, dash), number(text.substring(dash + 1), expected));
    }

    private static int number(String text, String expected) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new CommandFailure(expected + ", not: " + text, e);
        }
        throw new CommandFailure(expected + ", not: " + text);
    }
}
