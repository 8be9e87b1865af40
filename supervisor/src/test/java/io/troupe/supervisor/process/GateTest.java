package io.troupe.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.syscall.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
    private static final ProcessReport SILENT =
            new ProcessReport.GateUnreachable("its process ended before its program ran");

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<ProcessReport> reports = new LinkedBlockingQueue<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = new EventLoop("test", problem -> {
            throw new AssertionError(problem);
        });
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private static byte[] failed(int section, int index, int errno, int length, String detail) {
        byte[] text = detail.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(17 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'F')
                .putInt(section)
                .putInt(index)
                .putInt(errno)
                .putInt(length)
                .put(text)
                .array();
    }

    private static byte[] executing(byte[] then) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write('X');
        bytes.writeBytes(then);
        return bytes.toByteArray();
    }

    @Test
    void executing_and_nothing_more_is_a_program_that_runs() {
        assertThat(Gate.verdict(new byte[] {'X'})).isEqualTo(new ProcessReport.ProgramStarted());
    }

    @Test
    void a_failure_is_told_with_its_step_before_and_after_executing() {
        byte[] failure = failed(3, 12, 2, 8, "/no/such");
        ProcessReport told =
                new ProcessReport.StartFailed(new StepFailure(LaunchPlan.Section.CHILD, 12, 2, "/no/such"));

        assertThat(Gate.verdict(failure)).isEqualTo(told);
        assertThat(Gate.verdict(executing(failure))).isEqualTo(told);
    }

    @Test
    void an_end_without_a_word_says_only_that() {
        assertThat(Gate.verdict(new byte[0])).isEqualTo(SILENT);
        assertThat(Gate.verdict(new byte[] {'F', 1, 2})).isEqualTo(SILENT);
        assertThat(Gate.verdict("nonsense that is long enough".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(SILENT);
    }

    @Test
    void lengths_and_sections_that_cannot_be_do_no_harm() {
        assertThat(Gate.verdict(failed(99, 1, 1, Integer.MAX_VALUE, "rest")))
                .isEqualTo(new ProcessReport.StartFailed(new StepFailure(LaunchPlan.Section.CHILD, 1, 1, "rest")));
        assertThat(Gate.verdict(failed(0, 1, 1, -1, "rest")))
                .isEqualTo(new ProcessReport.StartFailed(new StepFailure(LaunchPlan.Section.BEFORE, 1, 1, "")));
    }

    @Test
    void a_process_at_its_gate_is_told_to_go_and_answers_in_pieces() throws Exception {
        try (GateKeeper keeper = new GateKeeper(directory)) {
            Gate.release(new Footprint(directory.toString(), List.of()), loop, reports::add);
            keeper.accept();
            byte[] answer = executing(failed(3, 5, 13, 4, "exec"));
            keeper.say(java.util.Arrays.copyOf(answer, 7));
            keeper.say(java.util.Arrays.copyOfRange(answer, 7, answer.length));
            keeper.leave();
        }
        assertThat(reports.poll(10, TimeUnit.SECONDS))
                .isEqualTo(new ProcessReport.StartFailed(new StepFailure(LaunchPlan.Section.CHILD, 5, 13, "exec")));
        assertThat(reports).isEmpty();
    }

    @Test
    void without_a_gate_there_is_one_report_that_says_why() throws Exception {
        Gate.release(new Footprint(directory.toString(), List.of()), loop, reports::add);

        assertThat(reports.poll(10, TimeUnit.SECONDS))
                .isEqualTo(new ProcessReport.GateUnreachable("connect(2) on " + directory.resolve("start.sock")
                        + ": ENOENT (2, No such file or directory)"));
        assertThat(reports).isEmpty();
    }

    @Test
    void endless_talk_is_cut_off() throws Exception {
        try (GateKeeper keeper = new GateKeeper(directory)) {
            Gate.release(new Footprint(directory.toString(), List.of()), loop, reports::add);
            keeper.accept();
            keeper.say(new byte[70_000]);

            assertThat(reports.poll(10, TimeUnit.SECONDS)).isEqualTo(SILENT);
        }
    }
}
