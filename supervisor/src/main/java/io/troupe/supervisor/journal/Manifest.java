package io.troupe.supervisor.journal;

/**
 * What names the form of a record: {@code exited/1}.
 *
 * @param kind stable word, without a slash
 * @param version of its form, from 1
 */
record Manifest(String kind, int version) {

    static Manifest parse(String text, JournalErrors errors) {
        int slash = text.lastIndexOf('/');
        try {
            return new Manifest(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException _) {
            throw errors.failure("\"" + text + "\" names no form of a record", "Write it as kind/version");
        }
    }

    @Override
    public String toString() {
        return kind + "/" + version;
    }
}
