import type { IConstruct } from 'constructs';
import type { NamedIntake } from '../../functions/operations/circuit-breaker/reconcile/contract';

/** Something that brings messages to a function and can be switched off: an event source mapping, a pipe, or a rule. */
export type SwitchedIntake = IConstruct & {
  /** Terraform leaves alone how it is switched. */
  readonly switchedAtRunTime: boolean;
} & (
    | { readonly mappingUuid: string; readonly mappingArn: string }
    | { readonly pipeName: string; readonly arn: string }
    | { readonly ruleName: string; readonly busName: string; readonly arn: string }
  );

/** How the reconciler is told of it, and exactly what it needs to look and to switch. */
export function intakeOf(source: SwitchedIntake): {
  readonly named: NamedIntake;
  readonly actions: readonly string[];
  readonly arn: string;
} {
  if ('mappingUuid' in source)
    return {
      named: { mapping: source.mappingUuid },
      actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
      arn: source.mappingArn,
    };
  if ('pipeName' in source)
    return {
      named: { pipe: source.pipeName },
      actions: ['pipes:DescribePipe', 'pipes:StartPipe', 'pipes:StopPipe'],
      arn: source.arn,
    };
  return {
    named: { rule: source.ruleName, bus: source.busName },
    actions: ['events:DescribeRule', 'events:EnableRule', 'events:DisableRule'],
    arn: source.arn,
  };
}
