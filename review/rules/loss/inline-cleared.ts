import type { Messaging } from '../../graph/messaging';
import { read, survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, isAbsent, isOpen, isRecord, listOf, textOf, type Value } from '../../plan/values';
import { type AnyPath, typesWith } from '../../resources';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/inline-cleared',
  severity: 'high',
  title: 'What a removed resource clears is written inline, but not by this apply',
  *check({ graph }) {
    for (const [type, attributes] of typesWith('companions')) {
      for (const owner of graph.ofType(type)) {
        for (const attribute of Object.keys(attributes) as AnyPath[]) {
          const companion = graph.clearedBy(owner, 'after', attribute);
          if (!companion || graph.isConfigured(owner, attribute) !== true || isAbsent(read(owner, 'after', attribute)))
            continue;
          yield draftOf(companion, owner, attribute, attribute === 'redrive_allow_policy' ? 'medium' : 'high');
        }
      }
    }
    for (const role of graph.ofType('aws_iam_role')) yield* roleDrafts(graph, role);
  },
};

/** What each attribute is once it has been cleared. */
const CLEARED: Readonly<Record<string, string>> = {
  redrive_policy:
    'no dead-letter queue: what fails goes round until its retention ends, and is deleted without a trace',
  redrive_allow_policy: 'no limit: every queue of the account may send its dead letters there',
  policy: 'none of its own: services and other accounts that it let in are refused',
  inline_policy: 'without it: what it allowed is refused',
  managed_policy_arns: 'without it: what it allowed is refused',
};

function draftOf(companion: Resource, owner: Resource, attribute: string, severity: 'high' | 'medium'): Draft {
  return {
    resource: companion,
    severity,
    before: `${attribute} of ${owner.address}`,
    after: 'cleared until the next apply',
    why: `To remove ${companion.address} empties ${attribute} in AWS. ${owner.address} says it inline as well, but that is no change in this plan, so this apply does not write it: until the next one ${owner.address} has ${CLEARED[attribute] ?? 'none'}.`,
    action: `Let Terraform only let go of it: a \`removed\` block with \`destroy = false\` (or \`terraform state rm '${companion.address}'\`). Or apply twice, at a quiet time.`,
  };
}

/** Policies of a role: by their name when they are written into it, by their ARN when they are attached. */
function* roleDrafts(graph: Messaging, role: Resource): Generator<Draft> {
  if (!survives(role)) return;
  const ways = [
    ['aws_iam_role_policy', 'name', 'inline_policy'],
    ['aws_iam_role_policy_attachment', 'policy_arn', 'managed_policy_arns'],
  ] as const;
  for (const [type, path, attribute] of ways) {
    const inline = read(role, 'after', attribute);
    if (graph.isConfigured(role, attribute) !== true || isOpen(inline)) continue;
    if (certainlyDiffers(read(role, 'before', attribute), inline)) continue;
    const names = listOf(inline).map((entry) =>
      textOf(isRecord(entry) ? (entry as Record<string, Value>).name : entry),
    );
    const stay = graph.beside(role, 'after', type, 'role').map((resource) => textOf(read(resource, 'after', path)));
    for (const companion of graph.beside(role, 'before', type, 'role')) {
      const name = textOf(read(companion, 'before', path));
      if (companion.action !== 'destroy' || name === undefined || !names.includes(name) || stay.includes(name))
        continue;
      yield draftOf(companion, role, attribute, 'high');
    }
  }
}
