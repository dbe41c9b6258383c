import type { Messaging } from '../graph/messaging';
import type { Sender } from '../graph/routes';
import type { Side } from '../graph/side';
import type { Facts, Named } from './decision';
import { named } from './holders';

/** What an AWS service says of itself when it delivers (IAM user guide, "AWS global condition context keys"). */
export function factsOf(graph: Messaging, { service, from }: Sender, side: Side): Facts {
  const source: Named | undefined =
    from?.kind === 'resource'
      ? named(from.resource, side)
      : from?.kind === 'elsewhere'
        ? { arn: from.name }
        : undefined;
  const account = source?.arn?.split(':')[4] || graph.plan.accounts[0];
  return {
    ...(source ? { 'aws:SourceArn': source } : {}),
    ...(account ? { 'aws:SourceAccount': account } : {}),
    'aws:PrincipalIsAWSService': 'true',
    'aws:PrincipalServiceName': service,
    'aws:SecureTransport': 'true',
    'aws:SourceVpce': null,
    'aws:SourceVpc': null,
    'aws:PrincipalArn': null,
    'aws:PrincipalOrgID': null,
    'aws:PrincipalAccount': null,
  };
}
