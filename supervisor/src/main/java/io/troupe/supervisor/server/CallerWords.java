package io.troupe.supervisor.server;

import io.troupe.protocol.Peer;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The command line of a caller as the journal keeps it: short, and without values of environment variables. */
final class CallerWords {
    private static final int LONGEST = 512;

    /** {@code NAME=value}, {@code -eNAME=value}, {@code --env=NAME=value}: the name is kept. */
    private static final Pattern VARIABLE = Pattern.compile("(?s)((?:-e|--env=)?[A-Za-z_][A-Za-z0-9_]*=).+");

    private CallerWords() {}

    /** {@return the peer with these words, values hidden} */
    static Peer named(Peer peer, List<String> args) {
        String words = args.stream().map(CallerWords::shown).collect(Collectors.joining(" "));
        return new Peer(
                peer.uid(), peer.gid(), peer.pid(), words.length() <= LONGEST ? words : words.substring(0, LONGEST));
    }

    private static String shown(String word) {
        var matcher = VARIABLE.matcher(word);
        return matcher.matches() ? matcher.group(1) + "***" : word;
    }
}
