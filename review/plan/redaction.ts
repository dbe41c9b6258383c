import type { Plan } from './model';

/** Text of which nothing is written otherwise in a document, a URL or an escape: where the plan repeats it, it stands as it is. */
const PLAIN = /^[\w ,.-]+$/;

/**
 * The second net against secrets: what the plan marks somewhere is taken out wherever else a report repeats it. A plain
 * word that the plan has nowhere unmarked can't have come from it: then the word is our own sentence's. One that is part
 * of an address is no secret: Terraform refuses a sensitive value there.
 */
export function redaction(plan: Plan): (text: string) => string {
  const longestFirst = [...plan.secrets].sort((a, b) => b.length - a.length);
  const decided = new Map<string, boolean>();
  const comesFromPlan = (secret: string) => {
    const known = decided.get(secret);
    if (known !== undefined) return known;
    const decision = !PLAIN.test(secret) || (isRepeated(plan, secret) && !isInAddress(plan, secret));
    decided.set(secret, decision);
    return decision;
  };
  return (text) =>
    longestFirst.reduce(
      (cleaned, secret) =>
        cleaned.includes(secret) && comesFromPlan(secret) ? cleaned.replaceAll(secret, '(sensitive)') : cleaned,
      text,
    );
}

const isInAddress = ({ resources }: Plan, secret: string) => resources.some(({ address }) => address.includes(secret));

/** Whether the text stands anywhere in what was kept of the plan; marked values were dropped on reading. */
function isRepeated({ resources, drift, configuration }: Plan, secret: string): boolean {
  const { calls, outputs } = configuration;
  const blocks = [...configuration.blocks].flatMap(([module, types]) =>
    [...types].flatMap(([type, names]) =>
      [...names].map(([name, block]) => [`${module}|${type}.${name}`, block] as const),
    ),
  );
  return (
    [...resources, ...drift].some(({ before, after }) => holds(before, secret) || holds(after, secret)) ||
    [blocks, calls, outputs].some((entries) => holds([...entries], secret))
  );
}

function holds(value: unknown, secret: string): boolean {
  if (typeof value === 'string') return value.includes(secret);
  if (typeof value === 'number') return String(value).includes(secret);
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value)
    ? value.some((item) => holds(item, secret))
    : Object.entries(value).some(([name, item]) => name.includes(secret) || holds(item, secret));
}
