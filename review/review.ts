import { monthlyCost } from './cost/monthly';
import { Messaging } from './graph/messaging';
import { type Question, questionsOf } from './live/questions';
import { consumerOutages } from './outage/consumers';
import type { Action, Plan } from './plan/model';
import { redaction } from './plan/redaction';
import { unseenNote } from './plan/unseen';
import type { Policy } from './policy/policy';
import { picture } from './report/picture';
import type { Counts, Review, Suppressed } from './report/review';
import { type Finding, worseFirst } from './rules/rule';

export function reviewPlan(plan: Plan, policy: Policy): Review {
  const graph = new Messaging(plan);
  const clean = redaction(plan);
  const findings: Finding[] = [];
  const suppressed: Suppressed[] = [];
  const rules = policy.rules.filter((rule) => !policy.off(rule));
  // A rule that is off is asked as well, so that the report can say what it would have found.
  for (const rule of policy.rules) {
    const off = policy.off(rule);
    for (const draft of rule.check({ plan, graph, settings: policy.settings, rules })) {
      const said: Finding = {
        rule: rule.id,
        ...(rule.page === undefined ? {} : { page: rule.page }),
        title: draft.title ?? rule.title,
        severity: policy.severityOf(rule, draft.severity ?? rule.severity),
        address: draft.resource.address,
        before: draft.before === undefined ? undefined : clean(draft.before),
        after: draft.after === undefined ? undefined : clean(draft.after),
        why: clean(draft.why),
        action: clean(draft.action),
      };
      const finding = { ...said, ...policy.wordingOf(said) };
      const by = off ?? policy.suppressing(finding, plan.stack);
      if (by) suppressed.push({ finding, by });
      else findings.push(finding);
    }
  }
  findings.sort(inOrder);
  // One with a secret in it can't be asked by what may be shown of it.
  const questions = questionsOf(graph).filter(
    ({ command, about }) => clean(command) === command && clean(about) === about,
  );
  const told = withQuestions(findings, questions);
  suppressed.sort((a, b) => inOrder(a.finding, b.finding));
  return {
    stack: plan.stack,
    accounts: plan.accounts,
    regions: plan.regions,
    terraformVersion: plan.terraformVersion,
    counts: countsOf(plan),
    findings: told.findings,
    suppressed,
    outages: consumerOutages(graph),
    cost: monthlyCost(graph),
    picture: picture(graph),
    notes: notesOf(plan),
    questions: told.others,
  };
}

/** At the first finding of each address: the others are about the same thing. */
function withQuestions(findings: readonly Finding[], questions: readonly Question[]) {
  const open = new Map<string, Question[]>();
  for (const question of questions) open.set(question.address, [...(open.get(question.address) ?? []), question]);
  const asked = findings.map((finding) => {
    const own = open.get(finding.address);
    open.delete(finding.address);
    return own ? { ...finding, questions: own } : finding;
  });
  return { findings: asked, others: [...open.values()].flat() };
}

const inOrder = (a: Finding, b: Finding) =>
  worseFirst(a.severity, b.severity) ||
  compare(a.rule, b.rule) ||
  compare(a.address, b.address) ||
  compare(a.after ?? '', b.after ?? '');

function countsOf(plan: Plan): Counts {
  const count = (action: Action) => plan.resources.filter((resource) => resource.action === action).length;
  return {
    create: count('create'),
    update: count('update'),
    replace: count('replace'),
    destroy: count('destroy'),
    forget: count('forget'),
    moved: plan.resources.filter(
      ({ previousAddress, address }) => previousAddress !== undefined && previousAddress !== address,
    ).length,
    imported: plan.resources.filter(({ imported }) => imported).length,
  };
}

function notesOf(plan: Plan): string[] {
  const unseen = unseenNote(plan);
  const notes: string[] = [...plan.readingNotes, ...(unseen === undefined ? [] : [unseen])];
  if (plan.formatVersion === '0.1') {
    notes.push(
      'Plan format 0.1 (Terraform 0.12 to 0.15) does not mark sensitive values; this report shows none of the attributes that usually hold them.',
    );
  }
  if (!plan.configuration.present) {
    notes.push('The plan has no configuration in it: references that are not known yet could not be followed.');
  }
  return notes;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
