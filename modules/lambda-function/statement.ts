import type { TerraformResource } from 'cdktf';
import { acceptFinding } from '../scan';

/** A statement of a role's policy. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Allows Lambda, and not the function's code: only calls from inside of an invocation carry the function's ARN.
 * Source: Lambda guide, "Using source function ARN to control function access behavior".
 *
 * @param functionName the name and not the ARN: the function waits for this policy
 */
export function toLambdaAlone(functionName: string, Action: readonly string[]): readonly Statement[] {
  const Resource = ['*'];
  const Condition = { ArnLike: { 'lambda:SourceFunctionArn': `arn:*:lambda:*:*:function:${functionName}` } };
  return [
    { Effect: 'Allow', Action, Resource },
    { Effect: 'Deny', Action, Resource, Condition },
  ];
}

/** Says to scanners of a plan why a policy with these statements is right. */
export function acceptToLambdaAlone(policy: TerraformResource): void {
  acceptFinding(
    policy,
    'CKV_AWS_290',
    'Lambda takes these for every resource only, and they are denied to the code of the function.',
  );
}
