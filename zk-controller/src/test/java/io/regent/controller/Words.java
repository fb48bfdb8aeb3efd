package io.regent.controller;

import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A line of a scenario file: words, of which some are {@code key=value}. */
final class Words {

    private final String line;
    private final List<String> plain = new ArrayList<>();
    private final Map<String, String> named = new HashMap<>();
    private final Set<String> read = new HashSet<>();

    Words(String line) {
        this.line = line;
        for (String word : line.trim().split("\\s+", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                named.put(word.substring(0, equals), word.substring(equals + 1));
            } else {
                plain.add(word);
            }
        }
    }

    String first() {
        return plain.get(0);
    }

    String second() {
        return plain.get(1);
    }

    List<String> rest() {
        return plain.subList(1, plain.size());
    }

    boolean says(String word) {
        return plain.contains(word);
    }

    boolean has(String key) {
        return named.containsKey(key);
    }

    String text(String key) {
        read.add(key);
        String value = named.get(key);
        if (value == null) {
            throw new IllegalArgumentException("'" + line + "' lacks " + key + "=");
        }
        return value;
    }

    int number(String key, int otherwise) {
        return has(key) ? Integer.parseInt(text(key)) : otherwise;
    }

    Replicas replicas(String key) {
        return Replicas.of(ids(text(key)));
    }

    /** Lists of ids: {@code 1,2;2,3}. */
    List<List<Integer>> lists(String key) {
        return Arrays.stream(text(key).split(";", -1)).map(Words::ids).toList();
    }

    /** The named words that no other method took. */
    Map<String, String> others() {
        Map<String, String> others = new HashMap<>(named);
        others.keySet().removeAll(read);
        return others;
    }

    /** The named words whose name is a partition, as replicas. */
    SortedMap<PartitionId, Replicas> targets() {
        SortedMap<PartitionId, Replicas> targets = new TreeMap<>();
        named.forEach((partition, ids) -> targets.put(partition(partition), Replicas.of(ids(ids))));
        return targets;
    }

    static List<Integer> ids(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
    }

    static PartitionId partition(String text) {
        int dash = text.lastIndexOf('-');
        return new PartitionId(text.substring(0, dash), Integer.parseInt(text.substring(dash + 1)));
    }

    static PartitionSet partitions(List<String> texts) {
        return PartitionSet.of(texts.stream().map(Words::partition).toList());
    }

    @Override
    public String toString() {
        return line;
    }
}
