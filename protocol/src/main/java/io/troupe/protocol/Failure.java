package io.troupe.protocol;

/**
 * Why something was not done: one line for people, its parts for programs.
 *
 * @param code what kind of failure; decides the exit status
 * @param where the thing concerned, such as {@code container web1} or {@code config.json: process.cwd}
 * @param what what is wrong with it
 * @param remedy what to do about it, an imperative sentence without its full stop; may be empty where there is nothing
 */
public record Failure(FailureCode code, String where, String what, String remedy) {

    /** {@return the failure as one line: {@code WHERE: WHAT. REMEDY}} */
    public String line() {
        String head = where.isEmpty() ? what : where + ": " + what;
        return oneLine(remedy.isEmpty() ? head : head + ". " + remedy);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*[\\r\\n]+\\s*", " | ");
    }
}
