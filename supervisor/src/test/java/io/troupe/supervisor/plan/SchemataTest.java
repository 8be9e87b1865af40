package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemataTest {
    /** As the kernel prints it. */
    private static final String TEXT = "    L2:0=ff\n    L3:0=7ff;1=00f\n    MB:0= 30;1=100\n";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            L3:0=7ff;1=f   | true
            L3:1=0F;0=07FF | true
            L3:1=f         | true
            L3:0=7ff;1=e   | false
            L3:2=f         | false
            L3CODE:0=7ff   | false
            MB:0=30;1=100  | true
            MB:0=25        | true
            MB:0=20        | false
            MB:0=3e        | false
            L2:0=ff        | true
            """)
    void a_group_has_what_it_was_given(String line, boolean has) {
        assertThat(Schemata.has(TEXT, line, 10)).isEqualTo(has);
    }

    @ParameterizedTest
    @CsvSource({"MB:0=30,true", "MB:0=25,false"})
    void megabytes_are_not_rounded(String line, boolean has) {
        assertThat(Schemata.has(TEXT, line, 1)).isEqualTo(has);
    }
}
