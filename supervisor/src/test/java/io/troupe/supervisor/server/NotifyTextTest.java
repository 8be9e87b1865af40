package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NotifyTextTest {
    @Test
    void what_a_service_says_of_itself_is_passed_on() {
        assertThat(NotifyText.passed("STATUS=a = b\nREADY=1\nWATCHDOG=1\n"))
                .isEqualTo("STATUS=a = b\nREADY=1\nWATCHDOG=1");
    }

    @Test
    void what_names_processes_or_descriptors_is_not() {
        assertThat(NotifyText.passed("MAINPID=1\nFDSTORE=1\nFDNAME=x\nNOTIFYACCESS=all\nBARRIER=1\nnothing\n=x\n"))
                .isEmpty();
    }

    @Test
    void only_the_line_itself_says_ready() {
        assertThat(NotifyText.saysReady("STATUS=READY=1")).isFalse();
        assertThat(NotifyText.saysReady("READY=0\nSTATUS=x")).isFalse();
        assertThat(NotifyText.saysReady("STATUS=x\nREADY=1")).isTrue();
    }
}
