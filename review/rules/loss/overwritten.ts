import { touched } from '../../graph/change';
import { grouped } from '../../graph/grouped';
import type { Messaging } from '../../graph/messaging';
import { identityOf, together } from '../../graph/settings';
import { existsOn, read } from '../../graph/side';
import { holds, keepsItsIdentity } from '../../graph/stateful';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, isAbsent, parseJson, textOf } from '../../plan/values';
import { type AnyPath, typeOf, typesWith } from '../../resources';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/overwritten',
  severity: 'high',
  title: 'Two resources write one thing in AWS, and each overwrites the other',
  *check({ graph }) {
    for (const [type] of typesWith('one')) {
      yield* sameIdentity(graph, type);
      for (const resource of graph.ofType(type)) yield* madeFirst(graph, resource);
    }
    for (const [type, attributes] of typesWith('companions')) {
      for (const owner of graph.ofType(type)) {
        for (const attribute of Object.keys(attributes) as AnyPath[]) yield* besideInline(graph, owner, attribute);
      }
    }
  },
};

function* sameIdentity(graph: Messaging, type: string): Generator<Draft> {
  const resources = graph.ofType(type);
  const isNew = (resource: Resource) =>
    resource.imported || (touched(resource) && keyOn(graph, resource, 'before') !== keyOn(graph, resource, 'after'));
  const arrivals = new Set(resources.filter(isNew));
  // In most plans there are none, and the identities of all the others needn't be known.
  if (arrivals.size === 0) return;
  const after = grouped(resources, (resource) => keyOn(graph, resource, 'after'));
  for (const alike of after.values()) {
    const newcomers = alike.filter((resource) => arrivals.has(resource));
    for (const newcomer of newcomers) {
      const identity = identityOf(graph, newcomer, 'after');
      const others = alike.filter(
        (other) => other !== newcomer && identity && together(graph, other, newcomer, identity),
      );
      // Of several that are new together the last one is told.
      if (others.length === 0 || others.some((other) => newcomers.includes(other) && other.address > newcomer.address))
        continue;
      yield draftOf(newcomer, others);
    }
  }
}

const keyOn = (graph: Messaging, resource: Resource, side: 'before' | 'after'): string | undefined =>
  identityOf(graph, resource, side)?.key;

function draftOf(newcomer: Resource, others: readonly Resource[]): Draft {
  const names = list(others.map(({ address }) => address));
  const { type, address } = newcomer;
  const created = typeOf(type)?.one?.created;
  if (newcomer.imported) {
    return {
      resource: newcomer,
      title: 'One thing in AWS is managed at two addresses',
      before: `managed as ${names}`,
      after: `imported as ${address} as well`,
      why: `AWS knows no addresses: it is one ${type}. From now on each apply sets it to what one of the two says, and to remove either destroys it for both.`,
      action: `Leave one of the two out. If it moved, write a \`moved\` block instead of the \`import\` block.`,
    };
  }
  if (created === 'refused') {
    return {
      resource: newcomer,
      severity: 'medium',
      title: 'AWS refuses a second one of these',
      before: names,
      after: `${address} as well, for the same`,
      why: `AWS knows no addresses: there can be one such ${type} only, and ${names} is it. The apply stops at the second one, half-way.`,
      action: 'Keep one of the two. If it moved, write a `moved` block.',
    };
  }
  if (created === 'taken for it') {
    return {
      resource: newcomer,
      before: names,
      after: `${address} as well, by the same name`,
      why: `AWS knows no addresses: asked for a second ${type} of that name it hands back the one that is there, or refuses when its settings differ. Both addresses then mean one: what is meant for the one goes to readers of the other, and to remove either destroys it for both.`,
      action: 'Give the new one a name of its own, or keep one of the two.',
    };
  }
  return {
    resource: newcomer,
    before: `written by ${names}`,
    after: `written by ${address} as well`,
    why: `AWS knows no addresses: there is one such ${type}, and it is written as a whole. What this one writes takes the place of what ${names} wrote; the next apply may turn it round again, and to remove either takes it away for both.`,
    action: 'Put what both say into one resource.',
  };
}

/** Made first, for what is still there: what comes last is the destroy. */
function* madeFirst(graph: Messaging, resource: Resource): Generator<Draft> {
  // One that holds something is replaced, which is a finding of its own.
  if (!resource.createFirst || holds(resource) || !keepsItsIdentity(graph, resource)) return;
  const refused = typeOf(resource.type)?.one?.created === 'refused';
  yield {
    resource,
    ...(refused ? { severity: 'medium', title: 'AWS refuses a second one of these' } : {}),
    ...(refused ? {} : { title: 'Made anew and then taken away by its own replacement' }),
    before: 'destroyed last',
    after: 'made first, for the same',
    why: refused
      ? `With \`create_before_destroy\` the new one is made while the old one is there, and AWS has room for one such ${resource.type} only: the apply stops there, half-way.`
      : `With \`create_before_destroy\` the new one is written first, over the old one: there is one such ${resource.type} in AWS. The destroy of the old one that follows takes it away, until the next apply.`,
    action: 'Leave out `create_before_destroy` here, or give the new one a name of its own.',
  };
}

/** The same said by the owner and by a resource beside it, in different words. */
function* besideInline(graph: Messaging, owner: Resource, attribute: AnyPath): Generator<Draft> {
  const companion = typeOf(owner.type)?.companions?.[attribute];
  const inline = read(owner, 'after', attribute);
  if (!companion || !existsOn(owner, 'after') || graph.isConfigured(owner, attribute) !== true || isAbsent(inline))
    return;
  for (const definer of graph.beside(owner, 'after', companion.type, companion.owner as AnyPath)) {
    const were = graph.beside(owner, 'before', companion.type, companion.owner as AnyPath).includes(definer);
    const isNew = definer.action === 'create' || definer.action === 'replace' || !were;
    const written = touched(owner) && certainlyDiffers(owner.before?.[attribute], inline);
    if (!(isNew || written) || saysTheSame(textOf(inline), textOf(read(definer, 'after', attribute)))) continue;
    yield {
      resource: definer,
      before: `${attribute} in ${owner.address} itself`,
      after: `${attribute} of ${owner.address} here as well`,
      why: `There is one ${attribute} of it in AWS, written as a whole: this one takes the place of what ${owner.address} itself says, the next apply turns it round again, and to remove either takes it away for both.`,
      action: `Leave ${attribute} out of ${owner.address}, or remove this resource.`,
    };
  }
}

function saysTheSame(one: string | undefined, other: string | undefined): boolean {
  const [left, right] = [parseJson(one), parseJson(other)];
  return left !== undefined && right !== undefined && canonical(left) === canonical(right);
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
