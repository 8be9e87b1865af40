package io.troupe.supervisor.plan;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import java.util.List;
import java.util.regex.Pattern;

/** Failed steps as failures that people and podman read. */
public final class StepFailures {
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final String EXEC = "exec ";
    private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}+");

    private StepFailures() {}

    /**
     * {@return the failure in words}
     *
     * @param errno the error number in words, such as {@code Permission denied (EACCES)}
     */
    public static Failure toFailure(ContainerName name, LaunchPlan plan, StepFailure failure, String errno) {
        String where = "container " + name;
        List<Step> steps = plan.steps(failure.section());
        Step step = failure.index() < steps.size() ? steps.get(failure.index()) : null;
        if (step instanceof Step.FindProgram(var program, var _)) {
            return sought(where, program, failure.errno(), errno);
        }
        if (step instanceof Step.Exec(var args, var _)) {
            return program(where, args.getFirst(), failure.errno(), errno);
        }
        String what = step == null ? "launch" : StepText.describe(step);
        return new Failure(FailureCode.SYSTEM, where, told(what, failure, errno), "");
    }

    /**
     * {@return a failure behind the gate in words}
     *
     * @param step what {@link StepText} said of the step when it was planned
     * @param errno the error number in words
     */
    public static Failure late(ContainerName name, String step, StepFailure failure, String errno) {
        String where = "container " + name;
        if (step.startsWith(EXEC)) {
            return program(where, step.substring(EXEC.length()), failure.errno(), errno);
        }
        return new Failure(FailureCode.SYSTEM, where, "cannot start: " + told(step, failure, errno), "");
    }

    private static String told(String step, StepFailure failure, String errno) {
        // The words of a hook may have any form.
        String clause = CONTROLS.matcher(failure.detail()).replaceAll(" ").strip();
        String detail = clause.isEmpty() ? "" : ": " + clause;
        return step + detail + (failure.errno() == 0 ? "" : ": " + errno);
    }

    /** For what podman makes 127 of: it looks for runc's words. */
    private static Failure sought(String where, String program, int number, String errno) {
        if (number == ENOENT && !program.contains("/")) {
            return new Failure(
                    FailureCode.PROGRAM_NOT_FOUND, where, exec(program) + "executable file not found in $PATH", "");
        }
        return program(where, program, number, errno);
    }

    /** For what podman makes 127 and 126 of. A program that was found and is not there lacks its interpreter. */
    private static Failure program(String where, String program, int number, String errno) {
        return switch (number) {
            case ENOENT ->
                new Failure(
                        FailureCode.PROGRAM_NOT_FOUND, where, exec(program) + "no such file or directory (ENOENT)", "");
            case EACCES ->
                new Failure(FailureCode.NOT_EXECUTABLE, where, exec(program) + "permission denied (EACCES)", "");
            default -> new Failure(FailureCode.NOT_EXECUTABLE, where, exec(program) + errno, "");
        };
    }

    private static String exec(String program) {
        return "exec: \"" + program + "\": ";
    }
}
