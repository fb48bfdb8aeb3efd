package io.regent.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TopicIdTest {

    @Test
    void theFormThatKafkaWritesIsReadAndWrittenUnchanged() {
        assertThat(TopicId.parse("almMY48NSku_cRUb9xQMZA")).hasToString("almMY48NSku_cRUb9xQMZA");
        assertThat(TopicId.parse("AAAAAAAAAAAAAAAAAAAAAA")).isEqualTo(TopicId.NONE);
    }

    @Test
    void textThatIsNoIdIsRefusedByName() {
        assertThatThrownBy(() -> TopicId.parse("almMY48N"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("almMY48N");
        assertThatThrownBy(() -> TopicId.parse("!")).isInstanceOf(IllegalArgumentException.class);
    }
}
