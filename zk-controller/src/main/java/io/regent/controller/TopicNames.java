package io.regent.controller;

import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which names a topic may have. Pure. */
final class TopicNames {

    /** The topic that belongs to KRaft controllers; nobody may create it. */
    static final String CLUSTER_METADATA = "__cluster_metadata";

    /** A log directory's name is {@code topic-partition} and may be followed by {@code -delete} and an id. */
    private static final int MAX_LENGTH = 249;

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]+");

    private TopicNames() {}

    /** Why the name is not allowed; empty when it is. */
    static Optional<String> fault(String name) {
        if (name.isEmpty()) {
            return Optional.of("Topic name is invalid: the empty string is not allowed.");
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("Topic name is invalid: '.' or '..' is not allowed.");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of("Topic name is invalid: its length is " + name.length() + ", more than " + MAX_LENGTH
                    + " characters.");
        }
        if (!LEGAL.matcher(name).matches()) {
            return Optional.of("Topic name is invalid: '" + printable(name)
                    + "' contains other characters than ASCII alphanumerics, '.', '_' and '-'.");
        }
        return Optional.empty();
    }

    /** Whether there can be any other topic that this one collides with. */
    static boolean mayCollide(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
    }

    /** The existing topic whose metrics would have the same name, since metrics show a period as an underscore. */
    static Optional<String> collision(String name, Collection<String> existing) {
        if (!mayCollide(name)) {
            return Optional.empty();
        }
        String unified = name.replace('.', '_');
        return existing.stream()
                .filter(other -> !other.equals(name) && other.length() == name.length())
                .filter(other -> other.replace('.', '_').equals(unified))
                .findFirst();
    }

    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
