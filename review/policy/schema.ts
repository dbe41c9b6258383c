import * as z from 'zod';
import { SEVERITIES } from '../rules/rule';

const severity = z.enum(SEVERITIES);
const severityOrOff = z.enum([...SEVERITIES, 'off']);
/** Whatever hides a finding or makes it milder says why and until when. */
const exception = {
  reason: z.string().trim().min(10, 'say why, in ten letters or more'),
  expires: z.iso.date('a date like 2027-03-31'),
};
const suppression = z.strictObject({
  /** Resource address; `*` stands for anything, dots and brackets included. */
  address: z.string().min(1),
  rule: z.string().min(1),
  ...exception,
  stack: z.string().optional(),
});
const text = z.string().min(1);
/** What the team says differently of a rule: how bad it is, and in which words. */
const ruleSetting = z.strictObject({
  severity: severityOrOff.optional(),
  reason: exception.reason.optional(),
  expires: exception.expires.optional(),
  title: text.optional(),
  why: text.optional(),
  action: text.optional(),
});

/** What a policy file may say. */
export const policyFile = z.strictObject({
  $schema: z.string().optional(),
  failOn: severity.optional(),
  /** Where the rules' pages are, for links: https://…/docs/rules */
  docs: z.url().optional(),
  /** A severity alone can only raise what the rule says; a milder one and "off" take a reason and an end. */
  rules: z.record(z.string(), z.union([severityOrOff, ruleSetting])).optional(),
  /** Files of rules of one's own, from the policy file's folder. */
  ruleFiles: z.array(z.string().min(1)).optional(),
  /** Rules of one's own as data. */
  ownRules: z.unknown().optional(),
  settings: z
    .strictObject({
      visibilityFactor: z.number().min(1),
      highestReceiveCount: z.int().min(1),
      monthlyIncrease: z.number().min(0),
    })
    .partial()
    .optional(),
  suppressions: z.array(suppression).optional(),
});
export type Decided = z.infer<typeof policyFile>;
export type RuleSetting = z.infer<typeof ruleSetting>;

/** What a text of the policy may take over from the finding that it is said of. */
export const PLACEHOLDERS = ['title', 'why', 'action', 'address', 'before', 'after'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];
