package io.regent.metadata.znode;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where Regent's nodes say of themselves what Kafka's znodes have no place for. Ephemeral, in the format of
 * {@link BrokerZnode}; Kafka's own nodes and tools pass them over.
 */
public final class RegentNodeZnodes {

    /** The parent of the nodes that rule and store nothing, and so are not under {@link BrokerZnode#PARENT}. */
    public static final String CONTROLLERS = "/regent/controllers";

    /** The parent of the nodes that are to rule rather than any other. */
    public static final String PREFERRED = "/regent/preferred";

    /** Short enough for an int. */
    private static final Pattern ID = Pattern.compile("\\d{1,9}");

    private RegentNodeZnodes() {}

    /** The ids that the children of one of the parents name; a name that is no id is nobody's. */
    public static Set<Integer> ids(Collection<String> children) {
        return children.stream()
                .filter(ID.asMatchPredicate())
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
