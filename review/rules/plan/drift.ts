import { isDefinedByCompanion, Messaging } from '../../graph/messaging';
import { list, shown } from '../../plan/format';
import type { Plan, Resource } from '../../plan/model';
import { type Attributes, certainlyDiffers, type Value } from '../../plan/values';
import type { AnyPath } from '../../resources';
import type { Context, Draft, Rule } from '../rule';

/** Read back from resources beside it: they show as drift in the first plan after those were made. */
const READ_BACK: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role: ['inline_policy', 'managed_policy_arns'],
  aws_security_group: ['ingress', 'egress'],
};

interface Drifted {
  readonly resource: Resource;
  readonly before: Attributes;
  readonly now: Attributes;
  /** What differs between the two. */
  readonly attributes: readonly string[];
  /** The apply sets all of it back to what it was. */
  readonly restored: boolean;
}

/**
 * What was changed by hand is judged by the same rules as what a plan changes: the review of a plan that would have done
 * it, from the state of the last apply to what was found now.
 */
export const rule: Rule = {
  id: 'plan/drift',
  severity: 'medium',
  title: 'Changed outside Terraform since the last apply',
  *check({ plan, graph, settings, rules }) {
    const drifted = driftsOf(plan, graph);
    if (drifted.size === 0) return;
    const happened = backwards(plan, drifted);
    const context = { plan: happened, graph: new Messaging(happened), settings, rules };
    const told = new Set<string>();
    for (const rule of rules.filter(({ id }) => !/^(plan|cost)\//.test(id))) {
      for (const draft of rule.check(context)) {
        const severity = draft.severity ?? rule.severity;
        if (severity === 'info') continue;
        const { address } = draft.resource;
        const restored = [...drifted.values()].every((each) => each.restored || each.resource.address !== address);
        told.add(address);
        yield {
          ...draft,
          title: `Outside Terraform: ${lowerFirst(draft.title ?? rule.title)}`,
          severity: restored && drifted.has(address) ? 'info' : severity === 'low' ? 'low' : 'medium',
          why: `It was done outside Terraform, since the last apply. ${draft.why}`,
          action: drifted.has(address) ? advice(restored) : 'Find out who changed it, and why (CloudTrail).',
        };
      }
    }
    for (const each of drifted.values()) if (!told.has(each.resource.address)) yield* plainly(each);
  },
};

const advice = (restored: boolean): string =>
  restored
    ? 'This apply sets it back. Find out who changed it, and why (CloudTrail), before you undo it.'
    : 'This apply leaves it as it was found and takes that into the state. Find out who changed it (CloudTrail); set it back, or write it into the configuration.';

/** No rule minds it, but whoever reads the plan may. */
function* plainly({ resource, before, now, attributes, restored }: Drifted): Generator<Draft> {
  const plain = attributes.filter((name) => isPlain(before[name]) && isPlain(now[name]));
  if (plain.length === 0) return;
  const say = (values: Attributes) => list(plain.map((name) => `${name} ${shown(values[name])}`));
  yield {
    resource,
    severity: 'info',
    before: say(before),
    after: say(now),
    why: 'It was done outside Terraform, since the last apply.',
    action: advice(restored),
  };
}

const isPlain = (value: Value | undefined): boolean =>
  typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && !/^[[{]/.test(value));

function driftsOf(plan: Plan, graph: Context['graph']): Map<string, Drifted> {
  const named = new Set(plan.drift.map(({ address }) => address));
  const resources = new Map(
    plan.resources.flatMap((resource) => (named.has(resource.address) ? [[resource.address, resource] as const] : [])),
  );
  const found = new Map<string, Drifted>();
  for (const drift of plan.drift) {
    const resource = resources.get(drift.address);
    const { before, after: now } = drift;
    if (!before || !now || !resource?.before || !resource.after) continue;
    const copied = (name: string) =>
      READ_BACK[drift.type]?.includes(name) ||
      isDefinedByCompanion(graph.definingResource(resource, 'before', name as AnyPath), resource);
    const attributes = Object.keys({ ...before, ...now }).filter(
      (name) => certainlyDiffers(before[name], now[name]) && !copied(name),
    );
    if (attributes.length === 0) continue;
    const same = (name: string) => !certainlyDiffers(resource.after?.[name], before[name]);
    const restored = resource.action !== 'nothing' && attributes.every(same);
    found.set(drift.address, { resource, before, now, attributes, restored });
  }
  return found;
}

/** The plan that leads from the state of the last apply to what is there now. */
function backwards(plan: Plan, drifted: ReadonlyMap<string, Drifted>): Plan {
  const resources = plan.resources.flatMap((resource): Resource[] => {
    if (!resource.before) return [];
    const drift = drifted.get(resource.address);
    const at = (values: Attributes = {}) => {
      const changed = (drift?.attributes ?? []).map((name) => [name, values[name] ?? null] as const);
      return { ...resource.before, ...Object.fromEntries(changed) };
    };
    return [
      {
        ...resource,
        ...{ action: drift ? 'update' : 'nothing', createFirst: false },
        ...{ before: at(drift?.before), after: at(drift?.now) },
        ...{ replacePaths: [], reason: undefined, changedSecrets: [], unknownSecrets: [] },
      },
    ];
  });
  return { ...plan, resources, drift: [] };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
