package io.troupe.cli.system;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips what needs root. Not an EnabledIf: of those JUnit obeys one per class, the nearest. */
final class NeedsRoot implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Host.isRoot()
                ? ConditionEvaluationResult.enabled("root")
                : ConditionEvaluationResult.disabled("real containers need root: run the tests as root");
    }
}
