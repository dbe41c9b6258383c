import { printable } from '../night/printable';
import type { Change } from './compare';
import type { Answer, Takeover } from './decide';
import { nounOf } from './resolve';
import { listOf, objectOf, parsed } from './resources';

/** Longer values say less than that there is one. */
const LONGEST = 80;

/** Statements of a policy, by what people call them. */
function statements(text: string): string | undefined {
  const list = listOf(objectOf(parsed(text)).Statement).map(objectOf);
  return list.length > 0
    ? `{${list.map(({ Sid, Action }) => Sid ?? [Action].flat().join('+')).join(', ')}}`
    : undefined;
}

function value(is: unknown): string {
  if (is === undefined) return 'known after apply';
  if (is === null || is === '') return 'nothing';
  const policy = typeof is === 'string' ? statements(is) : undefined;
  const text = policy ?? (typeof is === 'string' ? is : JSON.stringify(is));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const line = ({ attribute, is, will, replaces }: Change) =>
  `    ${attribute}: ${value(is)} → ${value(will)}${replaces ? '   REPLACES' : ''}`;

function takeover({ planned, existing, changes, unclear, importId }: Takeover): string[] {
  const code = planned.type === 'aws_lambda_function' && ('filename' in planned.values || 's3_key' in planned.values);
  return [
    `${nounOf(planned.type)} ${existing.name}`,
    `  ${importId ? 'import' : 'move'} → ${planned.address}${planned.path ? ` (${planned.path})` : ''}`,
    ...changes.map(line),
    ...(code ? ["    code: the stack's archive takes the place of what runs now"] : []),
    ...unclear.map(
      (attribute) => `    ${attribute}: comes from where only a plan can look; if it differs, it replaces`,
    ),
    ...(changes.length + unclear.length === 0 && !code ? ['    nothing changes, as far as it is known'] : []),
  ];
}

/** Everything, for people. */
export function say({ takeovers, forgotten, left, made, refusals }: Answer): string {
  const count = (type: string) => made.filter((each) => each.type === type).length;
  const types = [...new Set(made.map(({ type }) => type))].map((type) => `${count(type)} × ${nounOf(type)}`);
  const lines = [
    ...takeovers.flatMap(takeover),
    ...(left.length > 0 ? [`stays as it is: ${left.map(({ name }) => name).join(', ')}`] : []),
    ...(forgotten.length > 0 ? [`to be forgotten by its state: ${forgotten.map(({ name }) => name).join(', ')}`] : []),
    ...(made.length > 0 ? [`is made new: ${types.join(', ')}`] : []),
    ...(refusals.length > 0 ? ['', ...refusals.map((each) => `REFUSED  ${each}`)] : []),
  ];
  return lines.map(printable).join('\n');
}
