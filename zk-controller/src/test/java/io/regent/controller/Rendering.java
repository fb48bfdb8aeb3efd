package io.regent.controller;

import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Commits and answers as the lines of scenario files. */
final class Rendering {

    private Rendering() {}

    static List<String> writes(List<Commit> commits) {
        return commits.stream()
                .flatMap(commit -> commit.writes().stream())
                .map(Rendering::write)
                .toList();
    }

    private static String write(Write write) {
        String kind = write.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        String version = write instanceof Write.Set set ? " version " + set.expectedVersion() : "";
        return kind + " " + write.path() + version;
    }

    static List<String> announcements(List<Commit> commits) {
        return commits.stream()
                .flatMap(commit -> announcements(commit.announcements()).stream())
                .toList();
    }

    private static List<String> announcements(Announcements announcements) {
        List<String> lines = new ArrayList<>();
        announcements.leaderAndIsr().forEach((broker, set) -> {
            if (!set.isEmpty()) {
                lines.add(broker + " LeaderAndIsr" + names(broker, set, announcements));
            }
        });
        announcements.stopReplicas().forEach((broker, list) -> lines.add(broker + " StopReplica" + stops(list)));
        announcements
                .updateMetadata()
                .forEach((broker, set) -> lines.add(broker + " UpdateMetadata" + leaders(set, announcements)));
        return lines;
    }

    private static String names(int broker, PartitionSet set, Announcements announcements) {
        List<String> names = new ArrayList<>();
        set.forEach(p -> names.add(p + (announcements.newReplicas().contains(broker, p) ? "(new)" : "")));
        return joined(names);
    }

    private static String stops(List<StopReplica> stops) {
        return joined(stops.stream()
                .map(s -> s.partition() + (s.delete() ? "(delete)" : "(epoch " + s.leaderEpoch() + ")"))
                .toList());
    }

    private static String leaders(PartitionSet set, Announcements announcements) {
        List<String> names = new ArrayList<>();
        set.forEach(p -> names.add(p + ":" + announcements.leaderInMetadata(p)));
        return joined(names);
    }

    private static String joined(List<String> words) {
        return words.stream().map(word -> " " + word).collect(Collectors.joining());
    }

    /** What matters of an answer, one word or so an item. */
    static String answer(Answer answer) {
        return switch (answer) {
            case Answer.TopicsCreated created ->
                created.topics().stream()
                        .map(t -> t.name() + " " + t.outcome().fault())
                        .collect(Collectors.joining(", "));
            case Answer.PartitionsCreated created ->
                created.topics().entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue().fault())
                        .collect(Collectors.joining(", "));
            case Answer.TopicsDeleted deleted ->
                deleted.topics().stream()
                        .map(t -> (t.name().isEmpty() ? t.id() : t.name()) + " "
                                + t.outcome().fault())
                        .collect(Collectors.joining(", "));
            case Answer.LeadersElected elected ->
                elected.partitions().entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue().fault())
                        .collect(Collectors.joining(", "));
            case Answer.ReassignmentsAltered altered ->
                altered.partitions().entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue().fault())
                        .collect(Collectors.joining(", "));
            case Answer.ReassignmentsListed listed ->
                listed.partitions().entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue().replicas() + " adding "
                                + e.getValue().adding() + " removing "
                                + e.getValue().removing())
                        .collect(Collectors.joining(", "));
            case Answer.PartitionsAltered altered ->
                altered.outcome().isOk()
                        ? altered.partitions().stream().map(Rendering::altered).collect(Collectors.joining(", "))
                        : altered.outcome().fault().toString();
            case Answer.ProducerIdsAllocated allocated ->
                allocated.outcome().isOk()
                        ? allocated.block().first() + " to " + allocated.block().last()
                        : allocated.outcome().fault().toString();
            case Answer.ShutdownProgress progress -> {
                List<String> remaining = new ArrayList<>();
                progress.remaining().forEach((PartitionId p) -> remaining.add(p.toString()));
                yield progress.outcome().fault() + " remaining " + remaining;
            }
        };
    }

    private static String altered(Answer.AlteredPartition altered) {
        String state = altered.outcome().isOk()
                ? " isr " + altered.state().isr() + " partition epoch "
                        + altered.state().version()
                : "";
        return altered.topic() + "-" + altered.partition() + " "
                + altered.outcome().fault() + state;
    }
}
