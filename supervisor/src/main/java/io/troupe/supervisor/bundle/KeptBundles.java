package io.troupe.supervisor.bundle;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bundles that were read last, because what is restarted, checked for its health or made a hundred times has the
 * same configuration each time. What a configuration means depends on the bytes of the file and the bundle's place alone.
 */
final class KeptBundles {
    private static final int MOST = 32;

    /** The longest that is kept, in bytes. */
    private static final int LONGEST = 64 * 1024;

    private final Map<Source, Bundle> bySource = new LinkedHashMap<>(MOST, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, Bundle> eldest) {
            return size() > MOST;
        }
    };

    /** Compares the bytes and no digest of them: that takes a hundredth of the time. */
    private static final class Source {
        private final Path directory;
        private final byte[] json;

        Source(Path directory, byte[] json) {
            this.directory = directory;
            this.json = json;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Source that && Arrays.equals(json, that.json) && directory.equals(that.directory);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(json) * 31 + directory.hashCode();
        }
    }

    /** {@return the bundle, if it was read lately} */
    synchronized @Nullable Bundle get(Path directory, byte[] json) {
        return bySource.get(new Source(directory, json));
    }

    synchronized void put(byte[] json, Bundle bundle) {
        if (json.length <= LONGEST) {
            bySource.put(new Source(bundle.path(), json), bundle);
        }
    }

    /** {@return the bundle whose config.json has the digest, if it was read lately} */
    synchronized @Nullable Bundle get(Path directory, String sha256) {
        for (Bundle bundle : bySource.values()) {
            if (bundle.sha256().equals(sha256) && bundle.path().equals(directory)) {
                return bundle;
            }
        }
        return null;
    }
}
