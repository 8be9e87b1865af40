package io.troupe.supervisor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What annotations ask for. */
class ExtensionsTest {
    private static Extensions read(String annotations) {
        return ConfigReader.config(Configs.edited("/annotations", annotations))
                .config()
                .extensions();
    }

    @Test
    void groups_are_kept_for_any_value_but_0_as_in_crun() {
        assertThat(read("{}").keepGroups()).isFalse();
        assertThat(read("{\"run.oci.keep_original_groups\": \"1\"}").keepGroups())
                .isTrue();
        assertThat(read("{\"run.oci.keep_original_groups\": \"\"}").keepGroups())
                .isTrue();
        assertThat(read("{\"run.oci.keep_original_groups\": \"0\"}").keepGroups())
                .isFalse();
    }

    @Test
    void files_are_looked_for_in_the_bundle() {
        Extensions extensions = BundleReader.of(
                        Path.of("/b"),
                        Configs.edited(
                                "/annotations",
                                "{\"run.oci.hooks.stdout\": \"out\", \"run.oci.hooks.stderr\": \"/err\", \"run.oci.pidfd_receiver\": \"s\"}"))
                .config()
                .extensions();

        assertThat(extensions.hookOutput()).isEqualTo("/b/out");
        assertThat(extensions.hookErrors()).isEqualTo("/err");
        assertThat(extensions.pidfdReceiver()).isEqualTo("/b/s");
        assertThat(extensions.labelOption()).isEqualTo("context");
    }

    /** Kubernetes gives it the annotations of the pod. */
    @Test
    void a_handler_is_not_for_the_container_that_holds_a_pods_namespaces() {
        assertThat(read("{\"run.oci.handler\": \"wasm\", \"io.kubernetes.cri.container-type\": \"sandbox\"}")
                        .passedOver())
                .containsExactly("run.oci.handler");
        assertThat(read("{\"module.wasm.image/variant\": \"compat\"}").passedOver())
                .containsExactly("module.wasm.image/variant");
    }
}
