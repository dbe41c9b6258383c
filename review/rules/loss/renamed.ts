import { grouped } from '../../graph/grouped';
import { renames } from '../../graph/renames';
import { identityOf, together } from '../../graph/settings';
import { holds, nameOf, refusalOf } from '../../graph/stateful';
import type { Resource } from '../../plan/model';
import { typesWith } from '../../resources';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/renamed',
  severity: 'critical',
  title: 'Renamed without a moved block, so destroyed and made anew, empty',
  *check({ graph }) {
    for (const { from, to } of renames(graph)) {
      const holder = holds(from);
      if (!holder) continue;
      const queue = from.type === 'aws_sqs_queue';
      const refusal = refusalOf(graph, from);
      yield {
        ...moved(from, to),
        severity: refusal ? 'high' : holder.severity,
        why:
          `It is the same ${from.type} (${nameOf(from)}) at a new address, but Terraform was not told, ${refusal ? `so it destroys the old one, which AWS may refuse. ${refusal}` : `so it destroys the old one and loses ${holder.lost}.`}` +
          (queue
            ? ' Nothing orders the two: a create that comes first finds the old queue and the destroy then takes it away, and SQS refuses a name for 60 s after its deletion.'
            : ''),
      };
    }
    for (const [type, { created }] of typesWith('one')) {
      if (holds({ type })) continue;
      const made = grouped(graph.ofType(type), (resource) =>
        resource.action === 'create' ? identityOf(graph, resource, 'after')?.key : undefined,
      );
      for (const from of graph.ofType(type)) {
        const same = from.action === 'destroy' ? identityOf(graph, from, 'before') : undefined;
        const to = same && made.get(same.key)?.find((other) => together(graph, other, from, same));
        if (!to) continue;
        yield {
          ...moved(from, to),
          title: 'Renamed without a moved block: nothing orders its end and its beginning',
          severity: created === 'over it' ? 'high' : 'medium',
          why:
            created === 'over it'
              ? `AWS knows no addresses: it is one ${from.type}. If it is made first, that only writes it again, and the destroy that follows takes it away for good; if it is destroyed first, it is missing in between. Nothing shows which of the two it was.`
              : `AWS knows no addresses: it is one ${from.type}. If it is made first, AWS refuses a second one and the apply stops half-way; if it is destroyed first, it is missing in between.`,
        };
      }
    }
  },
};

const moved = (from: Resource, to: Resource): Omit<Draft, 'why'> => ({
  resource: from,
  before: from.address,
  after: to.address,
  action: `Write this beside it; the plan must then show no change to it:\n\`moved {\n  from = ${from.address}\n  to   = ${to.address}\n}\``,
});
