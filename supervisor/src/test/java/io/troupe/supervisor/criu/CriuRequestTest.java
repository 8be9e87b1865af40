package io.troupe.supervisor.criu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packets as protoc writes and reads them by CRIU's rpc.proto. */
class CriuRequestTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void a_request_has_its_options_as_rpc_proto_numbers_them() {
        byte[] packet = CriuRequest.of(CriuRequest.Kind.DUMP, 101, 102, "dump.log")
                .pid(4711)
                .root("/r")
                .cgroups(CriuRequest.CgroupsMode.STRICT)
                .leaveRunning(true)
                .externalMount("/a", "/b")
                .toBytes();

        ProtobufReader request = new ProtobufReader(packet);
        ProtobufReader options = request.message(2);
        assertThat(request.number(1)).isEqualTo(1);
        assertThat(options.number(1)).isEqualTo(101);
        assertThat(options.number(17)).isEqualTo(102);
        assertThat(options.text(10)).isEqualTo("dump.log");
        assertThat(options.number(12)).isEqualTo(1);
        assertThat(options.number(2)).isEqualTo(4711);
        assertThat(options.text(13)).isEqualTo("/r");
        assertThat(options.number(34)).isEqualTo(5);
        assertThat(options.number(3)).isEqualTo(1);
        assertThat(options.message(23).text(1)).isEqualTo("/a");
        assertThat(options.message(23).text(2)).isEqualTo("/b");
        assertThat(options.number(38)).isEqualTo(0x40000000);
    }

    @Test
    void a_restore_names_what_comes_in_place_of_what() {
        byte[] packet = CriuRequest.of(CriuRequest.Kind.RESTORE, 101, 102, "restore.log")
                .inherit("pipe:[17]", 1)
                .cgroup("cpu", "/web1")
                .join("ipc", "/proc/1/ns/ipc")
                .pageServer("10.0.0.2", 9876)
                .toBytes();

        ProtobufReader options = new ProtobufReader(packet).message(2);
        assertThat(options.message(27).text(1)).isEqualTo("pipe:[17]");
        assertThat(options.message(27).number(2)).isEqualTo(1);
        assertThat(options.message(25).text(1)).isEqualTo("cpu");
        assertThat(options.message(25).text(2)).isEqualTo("/web1");
        assertThat(options.message(39).text(1)).isEqualTo("ipc");
        assertThat(options.message(11).number(2)).isEqualTo(9876);
    }

    @Test
    void cgroups_are_managed_softly_unless_told_otherwise() {
        assertThat(CriuRequest.CgroupsMode.of(null)).isEqualTo(CriuRequest.CgroupsMode.SOFT);
        assertThat(CriuRequest.CgroupsMode.of("ignore")).isEqualTo(CriuRequest.CgroupsMode.IGNORE);
        assertThat(CriuRequest.CgroupsMode.of("full")).isEqualTo(CriuRequest.CgroupsMode.FULL);
    }

    @Test
    void an_answer_to_a_notification_is_two_numbers() {
        assertThat(HEX.formatHex(CriuRequest.answer(true))).isEqualTo("08061801");
        assertThat(HEX.formatHex(CriuRequest.answer(false))).isEqualTo("08061800");
        assertThat(HEX.formatHex(CriuRequest.asks(CriuRequest.Feature.MEMORY_TRACKING, true)))
                .isEqualTo("080920012a020801");
        assertThat(HEX.formatHex(CriuRequest.asks(CriuRequest.Feature.LAZY_PAGES, false)))
                .isEqualTo("080920002a021001");
    }

    @Test
    void negative_numbers_take_ten_bytes() {
        assertThat(HEX.formatHex(new ProtobufWriter().number(1, -1).toBytes())).isEqualTo("08ffffffffffffffffff01");
        assertThat(new ProtobufReader(HEX.parseHex("08ffffffffffffffffff01")).number(1))
                .isEqualTo(-1);
    }

    @Test
    void criu_says_where_it_is() {
        assertThat(answer("080610012a100a0c706f73742d726573746f726510e724".replace("2a10", "2a11")))
                .isEqualTo(new CriuAnswer.Notification("post-restore", 4711));
        assertThat(answer("08021001")).isEqualTo(new CriuAnswer.Done());
        assertThat(answer("080910014202" + "0801"))
                .isEqualTo(new CriuAnswer.Features(Set.of(CriuRequest.Feature.MEMORY_TRACKING)));
        assertThat(answer("080110003801" + "4a056e6f706521")).isEqualTo(new CriuAnswer.Failed(1, "nope!"));
    }

    @Test
    void what_is_no_answer_is_told_apart() {
        for (String packet : List.of("", "0801", "2aff", "0f", "ffffffffffffffffffffff01")) {
            assertThatThrownBy(() -> answer(packet)).as(packet).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void the_last_errors_of_the_log_say_what_was_wrong() {
        assertThat(CriuLog.lastErrors(Stream.of(
                        "(00.01) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self",
                        "(00.02) Warn  (criu/x.c:1): Error-like",
                        "(00.03) Error (criu/files-reg.c:1790): Can't lookup mount=27 for fd=1 path=/tmp/o",
                        "(00.04) Error (criu/cr-dump.c:1698): Dump files (pid: 2998) failed with -1.",
                        "(00.05) Error (criu/cr-dump.c:2128): Dumping FAILED.")))
                .containsExactly("Can't lookup mount=27 for fd=1 path=/tmp/o", "Dump files (pid: 2998) failed with -1");
        assertThat(CriuLog.lastErrors(Stream.of("(00.01) all is well"))).isEmpty();
    }

    @Test
    void streams_are_a_list_of_strings_as_runc_writes_it() throws Exception {
        List<String> names = List.of("/dev/null", "pipe:[1]", "/dev/pts/\"0\"");

        assertThat(StreamNames.write(names)).isEqualTo("[\"/dev/null\",\"pipe:[1]\",\"/dev/pts/\\\"0\\\"\"]");
        assertThat(StreamNames.read(StreamNames.write(names))).isEqualTo(names);
        for (String text : List.of("", "{}", "[1]", "[\"a\"")) {
            assertThatThrownBy(() -> StreamNames.read(text)).as(text).isInstanceOf(java.io.IOException.class);
        }
    }

    private static CriuAnswer answer(String hex) {
        return CriuAnswer.of(HEX.parseHex(hex));
    }
}
