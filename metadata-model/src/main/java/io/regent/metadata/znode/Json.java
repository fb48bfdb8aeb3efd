package io.regent.metadata.znode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Opens Jackson's parsers and generators over bytes, with its exceptions turned into ours. Used by any thread. */
final class Json {

    static final JsonFactory FACTORY = JsonFactory.builder()
            // Names of partitions and fields come from outside: interning them would fill a global table.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /** Writes a value. */
    @FunctionalInterface
    interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    /** Reads a value. */
    @FunctionalInterface
    interface Reading<T> {
        T from(JsonParser json) throws IOException, BadZnodeException;
    }

    /** The JSON object whose fields {@code fields} writes. */
    static byte[] object(Writing fields) {
        ByteArrayBuilder bytes = new ByteArrayBuilder();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            fields.to(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads one JSON value that fills the data.
     *
     * @throws BadZnodeException when the data are missing, no JSON, or not what {@code reading} wants
     */
    static <T> T read(String path, byte[] data, Reading<T> reading) throws BadZnodeException {
        if (data == null || data.length == 0) {
            throw new BadZnodeException(path, "it has no data");
        }
        try (JsonParser json = FACTORY.createParser(data)) {
            json.nextToken();
            T value = reading.from(json);
            if (json.nextToken() != null) {
                throw new BadZnodeException(path, "something follows the JSON value");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new BadZnodeException(path, "it is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new BadZnodeException(path, "it is no UTF-8: " + e.getMessage());
        }
    }

    /**
     * The data as text.
     *
     * @throws BadZnodeException when they are missing or no UTF-8
     */
    static String text(String path, byte[] data) throws BadZnodeException {
        if (data == null || data.length == 0) {
            throw new BadZnodeException(path, "it has no data");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadZnodeException(path, "it is no UTF-8");
        }
    }
}
