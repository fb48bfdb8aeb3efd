package io.regent.controller.link;

import io.regent.metadata.ClusterImage;
import java.util.BitSet;

/**
 * The partitions of one topic of which a broker must still be told, and in which image the newest state of each is found.
 *
 * <p>Nearly always that is one image for all of them: only where changes of several steps wait does it keep one a partition.
 * Used by one thread.
 */
final class PendingTopic {

    private final BitSet numbers = new BitSet();
    /** Those among them that this broker was never told of. */
    private final BitSet news = new BitSet();

    /** The newest. */
    private ClusterImage image = ClusterImage.EMPTY;
    /** By number; null while {@link #image} holds for all. */
    private ClusterImage[] images;

    boolean isEmpty() {
        return numbers.isEmpty();
    }

    int size() {
        return numbers.cardinality();
    }

    /**
     * What waited of these partitions is outdated, except that a new one is still new.
     *
     * @param isNew which of them are new; others may be named
     */
    @SuppressWarnings(
            "ReferenceEquality") // Whether it is the same image is asked, and that two are equal is dear to find.
    void add(ClusterImage newest, BitSet added, BitSet isNew) {
        if (newest != image || images != null) {
            setImage(newest, added);
        }
        numbers.or(added);
        isNew.and(added);
        news.or(isNew);
    }

    private void setImage(ClusterImage newest, BitSet added) {
        BitSet others = (BitSet) numbers.clone();
        others.andNot(added);
        if (others.isEmpty()) {
            image = newest;
            images = null;
            return;
        }
        ClusterImage[] each = new ClusterImage[Math.max(numbers.length(), added.length())];
        for (int number = others.nextSetBit(0); number >= 0; number = others.nextSetBit(number + 1)) {
            each[number] = imageOf(number);
        }
        for (int number = added.nextSetBit(0); number >= 0; number = added.nextSetBit(number + 1)) {
            each[number] = newest;
        }
        image = newest;
        images = each;
    }

    void remove(BitSet removed) {
        numbers.andNot(removed);
        news.andNot(removed);
    }

    private ClusterImage imageOf(int number) {
        return images == null ? image : images[number];
    }

    /** Takes out the first partitions, of which there are some, until their sizes reach this many bytes. */
    TopicStates take(String name, int maxBytes) {
        // A topic that is gone by now takes nothing, since it is not told of.
        int each = image.topic(name).map(ControlRequests::partitionBytes).orElse(0);
        int[] taken = new int[each == 0 ? size() : Math.min(size(), 1 + (maxBytes - 1) / each)];
        int next = 0;
        for (int i = 0; i < taken.length; i++) {
            taken[i] = numbers.nextSetBit(next);
            next = taken[i] + 1;
        }
        BitSet takenNews = news.get(0, next);
        numbers.clear(0, next);
        news.clear(0, next);
        return new TopicStates(name, taken, takenNews, image, images, each * taken.length);
    }
}
