import * as z from 'zod';
import { shown } from '../plan/format';
import type { Action, Resource } from '../plan/model';
import type { Draft, Severity } from '../rules/rule';
import { SEVERITIES } from '../rules/rule';
import { conditionOf, valueIn } from './condition';
import type { OwnRule } from './own-rule';

const ACTIONS = ['create', 'update', 'replace', 'destroy', 'forget'] as const satisfies readonly Action[];

/** A rule as data, of the policy file or a file of `--rules`. What `when` may say is checked by itself, because it nests. */
const dataRule = z.strictObject({
  id: z.string(),
  severity: z.enum(SEVERITIES),
  title: z.string().min(1),
  page: z.url().optional(),
  /** One type or several. */
  resource: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** By default every one that leaves something behind: create, update, replace. */
  actions: z.array(z.enum(ACTIONS)).min(1).optional(),
  when: z.unknown().optional(),
  why: z.string().min(1),
  action: z.string().min(1),
});

/** @throws with what is wrong and what is allowed */
export function ruleOfData(given: unknown): OwnRule {
  const result = dataRule.safeParse(given);
  if (!result.success)
    throw new Error(
      result.error.issues.map(({ path, message }) => `${path.join('.') || 'a rule'}: ${message}`).join('; '),
    );
  const {
    id,
    severity,
    title,
    page,
    resource,
    actions = ['create', 'update', 'replace'],
    when,
    why,
    action,
  } = result.data;
  const types = typeof resource === 'string' ? [resource] : resource;
  const { holds, paths } = when === undefined ? { holds: () => true, paths: [] } : conditionOf(when);
  const attributes = [...new Set(paths.map((path) => path.split('.')[0] as string))];
  return {
    ...{ id, severity, title },
    ...(page === undefined ? {} : { page }),
    reads: Object.fromEntries(types.map((type) => [type, attributes])),
    *check({ graph }) {
      for (const each of graph.ofType(...types))
        if ((actions as readonly Action[]).includes(each.action) && holds(each) === true)
          yield draftOf(each, paths[0], why, action);
    },
  };
}

/** Before and after are those of the first attribute that the condition names. */
function draftOf(resource: Resource, path: string | undefined, why: string, action: string): Draft {
  const show = (side: 'before' | 'after') =>
    path === undefined || resource[side] === null ? undefined : `${path} = ${shown(valueIn(resource, side, path))}`;
  const [before, after] = [show('before'), show('after')];
  return {
    resource,
    ...(before === undefined || before === after ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...{ why, action },
  };
}

export const isSeverity = (given: unknown): given is Severity => (SEVERITIES as readonly unknown[]).includes(given);
