package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** config-linux.md, "Network Devices": each test has a network namespace of its own, with a pair of interfaces. */
@RootTest
class NetDevicesIT {
    private static final String PAIR = "ip link add troupe0 type veth peer name troupe1 && ip link set troupe1 up"
            + " && ip link set troupe0 mtu 1400 address 02:00:00:00:00:05 && ";

    @BeforeAll
    static void needs() {
        Assumptions.assumeTrue(Host.has("ip") && Host.has("unshare"), "needs ip and unshare");
        Assumptions.assumeTrue(
                Call.of("unshare", "-n", "sh", "-c", PAIR + "true").run().exit() == 0, "the kernel has no veth");
    }

    private static Result run(Troupe troupe, String before, Bundle bundle, String after) {
        return new Call(List.of(
                        "unshare",
                        "-n",
                        "sh",
                        "-c",
                        PAIR + before + "\"$@\"" + after,
                        "sh",
                        Troupe.BINARY.toString(),
                        "run",
                        "--bundle",
                        bundle.path().toString(),
                        "moved"))
                .with(troupe.environment())
                .run();
    }

    private static Bundle moving(Troupe troupe, String devices, String line) {
        return Bundle.shell(troupe.directory(), line).set("/linux/netDevices", devices);
    }

    @Test
    void an_interface_moves_with_its_addresses_and_is_up(Troupe troupe) {
        Bundle bundle = moving(troupe, "{\"troupe0\": {}}", "/bin/busybox ip addr show troupe0");
        String addresses = "ip addr add 192.0.2.5/24 brd + dev troupe0 && ip addr add 192.0.2.6/24 dev troupe0"
                + " && ip -6 addr add 2001:db8::5/64 dev troupe0 nodad && ip link set troupe0 up && ";

        Result run = run(troupe, addresses, bundle, "; ip link show troupe0").exits(1);

        assertThat(run.out())
                .contains(
                        "mtu 1400",
                        "02:00:00:00:00:05",
                        ",UP",
                        "inet 192.0.2.5/24 brd 192.0.2.255",
                        "inet 192.0.2.6/24",
                        "inet6 2001:db8::5/64");
        assertThat(run.err()).contains("troupe0").contains("does not exist");
    }

    @Test
    void an_interface_gets_its_new_name(Troupe troupe) {
        Bundle bundle = moving(troupe, "{\"troupe0\": {\"name\": \"eth7\"}}", "ls /sys/class/net");

        Result run = run(troupe, "ip addr add 192.0.2.5/24 dev troupe0 label troupe0:x && ", bundle, "")
                .succeeds();

        assertThat(run.out().lines()).containsExactly("eth7", "lo");
    }

    @Test
    void a_template_gets_the_first_free_number(Troupe troupe) {
        Bundle bundle = moving(
                troupe,
                "{\"troupe0\": {\"name\": \"eth%d\"}, \"troupe1\": {\"name\": \"eth%d\"}}",
                "ls /sys/class/net");

        assertThat(run(troupe, "", bundle, "").succeeds().out().lines()).containsExactly("eth0", "eth1", "lo");
    }

    @Test
    void an_interface_that_is_not_there_is_told(Troupe troupe) {
        Bundle bundle = moving(troupe, "{\"troupe9\": {}}", "true");

        assertThat(run(troupe, "", bundle, "").failsWithOneLine().err())
                .contains("move interface troupe9: troupe9: No such device (ENODEV)");
    }

    @Test
    void a_name_that_is_taken_moves_nothing(Troupe troupe) {
        Bundle bundle = moving(troupe, "{\"troupe0\": {\"name\": \"lo\"}}", "true");

        Result run = run(troupe, "", bundle, "; ip -o link show troupe0");

        assertThat(run.err()).contains("lo: in the container's network namespace: File exists (EEXIST)");
        assertThat(run.out()).contains("troupe0");
    }

    @Test
    void without_a_network_namespace_there_is_nowhere_to_move(Troupe troupe) {
        Bundle bundle = moving(troupe, "{\"troupe0\": {}}", "true")
                .set("/linux/namespaces", "[{\"type\": \"mount\"}, {\"type\": \"pid\"}]")
                .remove("/hostname");

        assertThat(run(troupe, "", bundle, "").failsWithOneLine().err()).contains("linux.netDevices.troupe0");
    }
}
