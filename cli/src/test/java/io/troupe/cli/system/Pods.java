package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What people do with podman's pods. */
final class Pods {
    private Pods() {}

    /** Makes a pod, stops and starts it, writes it down for Kubernetes, and makes it again from that. */
    static void live(Podman podman) throws IOException {
        podman.podman("pod", "create", "--network", "none", "--name", "pod").succeeds();
        podman.podman("run", "--detach", "--pod", "pod", "--name", "inside", Podman.IMAGE, "/bin/sleep", "3600")
                .succeeds();
        assertRuns(podman);
        podman.podman("pod", "stop", "--time", "0", "pod").succeeds();
        podman.podman("pod", "start", "pod").succeeds();
        assertRuns(podman);
        String kube = podman.podman("generate", "kube", "pod").succeeds().out();
        podman.podman("pod", "rm", "--force", "--time", "0", "pod").succeeds();

        Path file = Files.writeString(podman.storage().resolve("pod.yaml"), kube);
        podman.podman("play", "kube", "--network", "none", file.toString()).succeeds();
        assertRuns(podman);
        podman.podman("play", "kube", "--down", file.toString()).succeeds();
        assertThat(podman.podman("ps", "--all", "--quiet").succeeds().out()).isEmpty();
    }

    private static void assertRuns(Podman podman) {
        String format = "{{.Name}} {{.Status}} {{.NumberOfContainers}}";
        assertThat(podman.podman("pod", "ps", "--format", format).succeeds().out())
                .isEqualTo("pod Running 2\n");
    }
}
