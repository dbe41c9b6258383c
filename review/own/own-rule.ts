import type { Context, Draft, Rule, Severity } from '../rules/rule';
import type { Vocabulary } from './vocabulary';

/** What a rule of one's own is given: the plan, its message-flow graph, and the words to ask them with. */
export type OwnContext = Context & Vocabulary;

/** A rule of one's own, as a file of `--rules` or of `ruleFiles` exports it. */
export interface OwnRule {
  /** `family/name` in small letters with dashes, of a family that the review doesn't have: `team/queue-owner`. */
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  /** Where its page is; reports link to it. */
  readonly page?: string;
  /** Type → attributes that it reads and the review drops otherwise: `{ aws_sqs_queue: ['tags'] }`. */
  readonly reads?: Rule['reads'];
  check(context: OwnContext): Iterable<Draft>;
}

const FAMILIES = ['loss', 'storm', 'stop', 'blind', 'exposure', 'cost', 'plan'];
const ID = /^([a-z]+(?:-[a-z0-9]+)*)\/[a-z0-9]+(-[a-z0-9]+)*$/;

/** What is wrong with the id of a rule of one's own; undefined for a good one. */
export function idProblem(id: unknown): string | undefined {
  const [, family] = (typeof id === 'string' && ID.exec(id)) || [];
  if (family === undefined)
    return `its id is ${JSON.stringify(id) ?? 'missing'}; an id is FAMILY/NAME in small letters with dashes, such as "team/queue-owner"`;
  return FAMILIES.includes(family)
    ? `"${family}" is a family of the review itself (${FAMILIES.join(', ')}); take one of your own, such as "team/${String(id).split('/')[1]}"`
    : undefined;
}
