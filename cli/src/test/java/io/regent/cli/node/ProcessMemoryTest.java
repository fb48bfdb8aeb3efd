package io.regent.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
    private static final List<String> STATUS = List.of("Name:\tjava", "VmHWM:\t  999999 kB", "VmRSS:\t  170460 kB");

    @Test
    void residentAndPeakMemoryAreReadFromTheStatusOfAProcess() throws IOException {
        assertThat(ProcessMemory.parse(STATUS, "VmRSS:")).isEqualTo(170_460);
        assertThat(ProcessMemory.parse(STATUS, "VmHWM:")).isEqualTo(999_999);
    }

    @Test
    void aStatusWithoutTheFigureIsAnErrorThatNamesIt() {
        assertThatThrownBy(() -> ProcessMemory.parse(List.of("Name:\tjava"), "VmRSS:"))
                .hasMessageContaining("VmRSS");
    }

    @Test
    void thisVeryProcessHasMemory() {
        long pid = ProcessHandle.current().pid();
        assertThat(ProcessMemory.residentKb(pid)).isGreaterThan(10_000);
    }
}
