package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

/** What podman's health checks say, which run by exec. */
final class HealthChecks {
    private HealthChecks() {}

    /** Has a container checked that is ill, and well once a file is there. */
    static void live(Podman podman) {
        podman.run(
                        "--detach",
                        "--name",
                        "box",
                        "--health-cmd",
                        "test -e /tmp/well",
                        "--health-interval",
                        "disable",
                        "--health-retries",
                        "1",
                        Podman.IMAGE,
                        "sleep",
                        "3600")
                .succeeds();

        podman.podman("healthcheck", "run", "box").exits(1);
        assertThat(podman.inspect("box", ".State.Healthcheck.Status")).isEqualTo("unhealthy");
        podman.podman("exec", "box", "touch", "/tmp/well").succeeds();
        podman.podman("healthcheck", "run", "box").succeeds();
        assertThat(podman.inspect("box", ".State.Healthcheck.Status")).isEqualTo("healthy");
    }
}
