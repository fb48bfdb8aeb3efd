package io.regent.controller.link;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.TopicImage;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/** Partitions of one topic that a request tells of, and where their states are found. Not changed once made; any thread. */
final class TopicStates {

    private final String name;
    private final int[] numbers;
    private final BitSet news;
    private final ClusterImage image;
    private final ClusterImage[] images;
    private final Optional<TopicImage> topic;
    private final int bytes;

    /**
     * @param numbers which partitions, ascending
     * @param news those of them that are new to the broker
     * @param image where their states are found, but for those that have one of their own; the newest
     * @param images the same by partition number, or null
     * @param bytes how much they take in the request, about
     */
    TopicStates(String name, int[] numbers, BitSet news, ClusterImage image, ClusterImage[] images, int bytes) {
        this.name = name;
        this.numbers = numbers;
        this.news = news;
        this.image = image;
        this.images = images;
        this.topic = image.topic(name);
        this.bytes = bytes;
    }

    String name() {
        return name;
    }

    int bytes() {
        return bytes;
    }

    int size() {
        return numbers.length;
    }

    int number(int index) {
        return numbers[index];
    }

    boolean isNew(int index) {
        return news.get(numbers[index]);
    }

    /** Where the state of the partition at this index is found. */
    ClusterImage image(int index) {
        return images == null ? image : images[numbers[index]];
    }

    /** The topic in the newest image; empty when it is gone by now. */
    Optional<TopicImage> newest() {
        return topic;
    }

    /** The topic, as the partition at this index is told of; empty when it is gone by now. */
    Optional<TopicImage> topic(int index) {
        return images == null ? topic : image(index).topic(name);
    }

    /** Whether both tell the same of the same partitions. */
    @SuppressWarnings(
            "ReferenceEquality") // Whether it is the same image is asked, and that two are equal is dear to find.
    boolean tellsTheSame(TopicStates other) {
        if (image != other.image || !name.equals(other.name) || !Arrays.equals(numbers, other.numbers)) {
            return false;
        }
        if (images == null && other.images == null) {
            return true;
        }
        for (int i = 0; i < numbers.length; i++) {
            if (image(i) != other.image(i)) {
                return false;
            }
        }
        return true;
    }
}
