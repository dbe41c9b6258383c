import type { ITerraformDependable } from 'cdktf';
import type { AlarmActions } from '../defaults';

/** Anything that permissions can be given to: modules put a permission where the need is, with `grant…(grantee)`. */
export interface Grantee {
  /**
   * Allows exactly these actions on exactly these resources.
   *
   * @param actions IAM actions, for example `sqs:SendMessage`
   * @param resources ARNs; `*` only where the action takes no resource
   * @param condition an IAM condition block
   */
  grant(
    actions: readonly string[],
    resources: readonly string[],
    condition?: Record<string, Record<string, string>>,
  ): void;
}

/** A function as other modules see it: a `LambdaFunction`, or an `ExistingFunction`. */
export interface Invocable extends Grantee {
  readonly arn: string;
  readonly functionName: string;
  /** Seconds; what a queue's visibility timeout is checked against. */
  readonly timeout: number;
  /** Invocations at once that it has reserved, if any. */
  readonly reservedConcurrency: number | undefined;
  /** Its variables, as far as they are known here: a circuit breaker looks whether it is told of failures. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What has to be made before the function can use what it was granted. */
  readonly policies: readonly ITerraformDependable[];
  /**
   * Lets Lambda do in the name of the function's role what can't be narrowed to a resource, and keeps the function's own code from it.
   *
   * @param actions those that Lambda needs to make network interfaces, for the function or for what polls its source
   */
  grantToLambda(actions: readonly string[]): void;
  /** Rings when the function itself has failed in three of five minutes. `what`: what that means, for whoever is woken. */
  alarmWhenFailing(what: string, alarmActions: AlarmActions | undefined): void;
}
