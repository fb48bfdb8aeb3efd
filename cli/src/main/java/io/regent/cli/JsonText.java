package io.regent.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Figures as JSON, laid out so that a person can read it as well. */
public interface JsonText {
    void writeTo(JsonGenerator json) throws IOException;

    /** @throws CommandFailure when the file cannot be written */
    default void writeTo(Path file) {
        try {
            Files.writeString(file, text());
        } catch (IOException e) {
            throw new CommandFailure("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    default String text() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            writeTo(json);
        }
        return text.append('\n').toString();
    }
}
