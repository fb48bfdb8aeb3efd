package io.regent.metadata.znode;

import io.regent.metadata.Replicas;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads JSON as controllers write it: without spaces, escapes and large numbers. Whatever else it meets is unusual, and for
 * {@link Fields} to read, or to say what is wrong with it. A cluster has hundreds of thousands of such znodes, and a node that
 * has just started reads them with code that no compiler has seen yet. Used within one call, by one thread.
 */
final class PlainJson {

    /** Instead of a number: there is none here, or an unusual one. */
    static final int UNUSUAL = Integer.MIN_VALUE;

    /** More would not fit an int for sure. */
    private static final int MAX_DIGITS = 9;

    private static final int USUAL_REPLICAS = 4;

    private final byte[] data;
    private int at;
    private boolean metUnusual;

    /** @param data is only read */
    PlainJson(byte[] data) {
        this.data = data;
    }

    /** A text to look for with {@link #takes}. */
    static byte[] token(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether all was read, and no number was unusual. */
    boolean isAllUsual() {
        return at == data.length && !metUnusual;
    }

    /** Whether this comes next; it is passed over then. */
    boolean takes(char token) {
        boolean comes = at < data.length && data[at] == token;
        at += comes ? 1 : 0;
        return comes;
    }

    /** Whether this comes next; it is passed over then. */
    boolean takes(byte[] token) {
        int end = at + token.length;
        boolean comes = end <= data.length && Arrays.equals(data, at, end, token, 0, token.length);
        at = comes ? end : at;
        return comes;
    }

    /** The number that comes next, or {@link #UNUSUAL}. */
    int number() {
        boolean negative = takes('-');
        int from = at;
        int number = 0;
        while (at < data.length && data[at] >= '0' && data[at] <= '9') {
            number = 10 * number + data[at] - '0';
            at++;
        }
        int digits = at - from;
        boolean isUsual = digits > 0 && digits <= MAX_DIGITS && (data[from] != '0' || (digits == 1 && !negative));
        metUnusual |= !isUsual;
        return !isUsual ? UNUSUAL : negative ? -number : number;
    }

    /** The list of broker ids that comes next; null where there is none, or an unusual one. */
    Replicas replicas() {
        if (!takes('[')) {
            return null;
        }
        int[] ids = new int[USUAL_REPLICAS];
        int count = 0;
        if (!takes(']')) {
            do {
                int id = number();
                if (id < 0) {
                    return null;
                }
                if (count == ids.length) {
                    ids = Arrays.copyOf(ids, 2 * count);
                }
                ids[count++] = id;
            } while (takes(','));
            if (!takes(']')) {
                return null;
            }
        }
        Replicas replicas = Replicas.of(Arrays.copyOf(ids, count));
        return replicas.hasDuplicates() ? null : replicas;
    }

    /** The string that comes next; null where there is none, or one that is more than letters, digits and signs. */
    String text() {
        if (!takes('"')) {
            return null;
        }
        int from = at;
        while (at < data.length && data[at] > ' ' && data[at] != '"' && data[at] != '\\') {
            at++;
        }
        int to = at;
        return takes('"') ? new String(data, from, to - from, StandardCharsets.ISO_8859_1) : null;
    }
}
