package io.troupe.protocol;

import java.util.regex.Pattern;

/**
 * The name of a container: an id, unique within a namespace of ids. The namespace is what {@code --root} gave, so that
 * two clients with different roots (as containerd and podman have) may use the same id; "" without it.
 *
 * @param root an absolute, normal path, or ""
 * @param id 1 to 255 ASCII letters, digits, or {@code _ + - .}, starting with a letter, a digit or {@code _}
 */
public record ContainerName(String root, String id) {
    /** Longest id: it names directories and cgroups (NAME_MAX). */
    public static final int MAX_ID = 255;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_+.-]*");

    /**
     * @throws FailureException INVALID_ID, if the id is not valid
     */
    public ContainerName {
        if (id.length() > MAX_ID || !ID.matcher(id).matches()) {
            throw new FailureException(new Failure(
                    FailureCode.INVALID_ID,
                    "container id " + quoted(id),
                    "it is not valid",
                    "Use 1 to 255 letters, digits, or _ + - . and start with a letter, a digit or _"));
        }
    }

    /** {@return a name in the default namespace of ids} */
    public static ContainerName of(String id) {
        return new ContainerName("", id);
    }

    /** {@return the id, and the root after an @ if there is one: for messages} */
    @Override
    public String toString() {
        return root.isEmpty() ? id : id + "@" + root;
    }

    private static String quoted(String text) {
        String shown = text.length() > 64 ? text.substring(0, 64) + "..." : text;
        StringBuilder out = new StringBuilder("\"");
        shown.chars().forEach(c -> {
            if (c < 0x20 || c == 0x7f || c == '"') {
                out.append(String.format("\\x%02x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.append('"').toString();
    }
}
