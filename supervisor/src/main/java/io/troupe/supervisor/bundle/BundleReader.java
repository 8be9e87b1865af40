package io.troupe.supervisor.bundle;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.Namespaces.Namespace;
import io.troupe.supervisor.bundle.Resources.Hugepages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads bundle directories (bundle.md). Looks at the file system and changes nothing. */
public final class BundleReader {
    private static final String CONFIG = "config.json";
    private static final KeptBundles KEPT = new KeptBundles();

    private BundleReader() {}

    /**
     * {@return the bundle, checked so far that a launch can be planned from it}
     *
     * @param directory absolute
     * @throws FailureException INVALID_BUNDLE or UNSUPPORTED, with the path in config.json that is to blame
     */
    public static Bundle read(Path directory) {
        return read(directory, directory.resolve(CONFIG));
    }

    /**
     * {@return the same, with another file in place of the bundle's config.json}
     *
     * @param config absolute
     */
    public static Bundle read(Path directory, Path config) {
        if (!Files.isDirectory(directory)) {
            throw wrong("bundle " + directory, "is not a directory that can be read", "Name a bundle with --bundle");
        }
        Bundle bundle = of(directory, bytes(config));
        checkHost(bundle);
        return bundle;
    }

    /**
     * {@return the bundle that had this config.json when it was read} Looks at no file: for configurations that were kept.
     *
     * @param directory absolute
     */
    public static Bundle of(Path directory, byte[] json) {
        Bundle kept = KEPT.get(directory, json);
        if (kept == null) {
            kept = parsed(directory, json);
            KEPT.put(json, kept);
        }
        return kept;
    }

    /**
     * {@return the bundle that was read with this config.json, if that was lately}
     *
     * @param sha256 as {@link Bundle#sha256}
     */
    public static Optional<Bundle> kept(Path directory, String sha256) {
        return Optional.ofNullable(KEPT.get(directory, sha256));
    }

    private static Bundle parsed(Path directory, byte[] json) {
        ConfigReader.Read read = ConfigReader.config(json);
        OciConfig config = resolved(read.config(), directory);
        return new Bundle(
                directory,
                rootfs(directory, config.root().path()),
                config,
                JsonText.decode(CONFIG, json),
                sha256(json),
                read.unknownFields());
    }

    /** Refuses what only the host can tell to be wrong: no root file system, a host's namespace in disguise. */
    static void checkHost(Bundle bundle) {
        if (!Files.isDirectory(bundle.rootfs())) {
            throw wrong(
                    CONFIG + ": root.path",
                    Value.quoted(bundle.rootfs().toString()) + " is not a directory",
                    "Make the root file system there, or correct the path");
        }
        List<MountEntry> mounts = bundle.config().mounts();
        for (int i = 0; i < mounts.size(); i++) {
            checkProc(mounts.get(i), CONFIG + ": mounts[" + i + "]");
        }
        bundle.config().linux().sysctl().keySet().forEach(key -> checkSysctl(key, bundle.config()));
        checkHugepages(bundle.config().linux().resources().hugepages());
    }

    /** The kernel names its directories of page sizes in kB alone. */
    private static void checkHugepages(List<Hugepages> limits) {
        for (int i = 0; i < limits.size(); i++) {
            String size = limits.get(i).pageSize();
            int shift = 10 * "KMG".indexOf(size.charAt(size.length() - 2));
            long kilobytes = Long.parseLong(size.substring(0, size.length() - 2)) << shift;
            if (Files.notExists(Path.of("/sys/kernel/mm/hugepages", "hugepages-" + kilobytes + "kB"))) {
                throw wrong(
                        CONFIG + ": linux.resources.hugepageLimits[" + i + "].pageSize",
                        Value.quoted(size) + " is no size of huge pages of this host",
                        "See /sys/kernel/mm/hugepages");
            }
        }
    }

    private static void checkProc(MountEntry mount, String where) {
        if (mount.bind() && mount.destination().equals("/proc")) {
            try {
                if (!Files.getFileStore(Path.of(mount.source())).type().equals("proc")) {
                    throw wrong(where, "binds something that is not a proc file system to /proc", "Bind /proc itself");
                }
            } catch (IOException | InvalidPathException _) {
                throw wrong(where + ".source", Value.quoted(mount.source()) + " cannot be read", "Correct the path");
            }
        }
    }

    private static void checkSysctl(String key, OciConfig config) {
        Kind kind = key.startsWith("net/") ? Kind.NETWORK : SysctlReader.ofUts(key) ? Kind.UTS : Kind.IPC;
        String path = config.linux().namespaces().of(kind).map(Namespace::path).orElse("");
        String own = "/proc/self/ns/" + (kind == Kind.NETWORK ? "net" : kind.word());
        if (!path.isEmpty() && sameFile(path, own)) {
            throw wrong(
                    CONFIG + ": linux.sysctl",
                    Value.quoted(key) + " would change the host: the " + kind.word() + " namespace at " + path
                            + " is the host's",
                    "Name another namespace or leave it out");
        }
    }

    private static boolean sameFile(String path, String own) {
        try {
            return Objects.equals(key(Path.of(path)), key(Path.of(own)));
        } catch (IOException | InvalidPathException _) {
            return false; // joining it will say why it cannot be opened
        }
    }

    private static Object key(Path path) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    }

    /** Sources of binds are relative to the bundle (config.md, "Mounts"). */
    private static OciConfig resolved(OciConfig config, Path directory) {
        List<MountEntry> mounts = new ArrayList<>(config.mounts());
        mounts.replaceAll(mount -> mount.resolved(directory.toString()));
        return new OciConfig(
                config.ociVersion(),
                config.root(),
                config.process(),
                config.hostname(),
                config.domainname(),
                Collections.unmodifiableList(mounts),
                config.linux(),
                config.hooks(),
                config.annotations(),
                config.extensions().resolved(directory.toString()));
    }

    private static Path rootfs(Path directory, String path) {
        if (!isPath(path)) {
            throw wrong(
                    CONFIG + ": root.path",
                    Value.quoted(path) + " cannot be named in the supervisor's locale",
                    "Start the supervisor with a UTF-8 locale, such as LC_ALL=C.UTF-8");
        }
        return directory.resolve(path).normalize();
    }

    /** {@return whether the supervisor's locale has all characters of {@code path}} */
    static boolean isPath(String path) {
        try {
            return !Path.of(path).toString().isEmpty();
        } catch (InvalidPathException _) {
            return false;
        }
    }

    private static byte[] bytes(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw wrong(file.toString(), "is not a regular file", "Put a config.json there");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(JsonText.MAX_BYTES + 1);
        } catch (NoSuchFileException _) {
            throw wrong(file.toString(), "is missing", "Write one with \"troupe spec\", or name another bundle");
        } catch (IOException e) {
            throw wrong(file.toString(), "cannot be read: " + reason(e), "Let the supervisor's user read it");
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "access is denied" : String.valueOf(e.getMessage());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static FailureException wrong(String where, String what, String remedy) {
        return new FailureException(FailureCode.INVALID_BUNDLE, where, what, remedy);
    }
}
