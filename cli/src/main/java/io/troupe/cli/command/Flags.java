package io.troupe.cli.command;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Makes options. All values are read as text; {@link Words} gives them types, so that errors are our own. */
final class Flags {
    static final String HELP = "--help";

    /** Marks an option that is known and refused. */
    private enum Mark {
        REFUSED
    }

    private Flags() {}

    static OptionSpec help() {
        return flag("Shows this help.", HELP, "-h");
    }

    /** {@return an option without a value} */
    static OptionSpec flag(String description, String... names) {
        return OptionSpec.builder(names)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build();
    }

    /** {@return an option with a value; given twice, the last one counts, as in runc} */
    static OptionSpec value(String label, String description, String... names) {
        return valued(label, description, names).build();
    }

    /** {@return an option that may be given more than once} */
    static OptionSpec many(String label, String description, String... names) {
        return valued(label, description + " May be given more than once.", names)
                .build();
    }

    /** {@return an option of runc without a value that is refused by name} */
    static OptionSpec refusedFlag(String name) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description("Not served yet: refused.")
                .userObject(Mark.REFUSED)
                .build();
    }

    /** {@return an option of runc with a value that is refused by name} */
    static OptionSpec refusedValue(String label, String name) {
        return valued(label, "Not served yet: refused.", name)
                .userObject(Mark.REFUSED)
                .build();
    }

    static boolean isRefused(OptionSpec option) {
        return option.userObject() == Mark.REFUSED;
    }

    private static OptionSpec.Builder valued(String label, String description, String... names) {
        return OptionSpec.builder(names)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description);
    }
}
