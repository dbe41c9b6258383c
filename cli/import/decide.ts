import { type Change, compare } from './compare';
import { pairUp } from './pair';
import { nounOf, type Pair } from './resolve';
import { type Existing, type Planned, type Stack, textOf } from './resources';
import { functionNameOf, TYPES } from './types';

/** A resource that moves under the stack. */
export interface Takeover extends Pair {
  readonly changes: readonly Change[];
  /** What may replace it, and only a plan can tell. */
  readonly unclear: readonly string[];
  /** None: it moves within its state. */
  readonly importId?: string;
}

export interface Answer {
  readonly takeovers: readonly Takeover[];
  /** What the state that they come from has to forget, or a plan would destroy it. */
  readonly forgotten: readonly Existing[];
  /** What stays as it is. */
  readonly left: readonly Existing[];
  /** What is made new. */
  readonly made: readonly Planned[];
  /** Why nothing may be written. */
  readonly refusals: readonly string[];
}

export interface Request {
  readonly stack: Stack;
  readonly existing: readonly Existing[];
  /** `--take`: what is there, and which resource of the stack it becomes. */
  readonly take: readonly { readonly what: string; readonly becomes: string }[];
  /** `--leave`: what stays outside. */
  readonly leave: readonly string[];
  /** What was asked for by its name, and so has to find a place. */
  readonly asked: readonly { readonly type: string; readonly name: string }[];
}

/** Types whose content is gone with them. */
const HOLDING = new Set(['aws_sqs_queue', 'aws_dynamodb_table', 'aws_kinesis_stream', 'aws_cloudwatch_log_group']);

/** What of a resource that is there people may call it by. */
const namesOf = ({ name, values }: Existing) =>
  [name, values.arn, values.url, values.id, values.name, values.function_name, values.uuid].filter(Boolean);

const placeOf = ({ address, path }: Planned) => path ?? address;

function one<Kind>(found: readonly Kind[], option: string, text: string, say: (each: Kind) => string): Kind {
  const [first, second] = found;
  if (!first) throw new Error(`${option}: there is no ${text}`);
  if (second) throw new Error(`${option}: "${text}" may be ${found.map(say).join(' or ')}; say it in full`);
  return first;
}

/** @throws when a name means nothing, or more than one thing */
function find(existing: readonly Existing[], option: string, text: string): Existing {
  return one(
    existing.filter((each) => namesOf(each).includes(text)),
    option,
    text,
    ({ name, type }) => `${name} (${nounOf(type)})`,
  );
}

/** Resources of a type that are called so: by address, construct path, or the end of that. */
const placesOf = (planned: readonly Planned[], type: string, text: string) =>
  planned.filter(
    (each) =>
      each.type === type &&
      ([each.address, each.address.slice(type.length + 1), each.path].includes(text) ||
        each.path?.endsWith(`/${text}`)),
  );

function findPlanned(planned: readonly Planned[], type: string, text: string): Planned {
  const alike = planned.filter((each) => each.type === type);
  const found = placesOf(planned, type, text);
  if (found.length === 0) {
    const there = alike.map(placeOf).join(', ') || 'none';
    throw new Error(`--take: the stack has no ${nounOf(type)} "${text}"; there are: ${there}`);
  }
  return one(found, '--take', text, placeOf);
}

/** Prop that gives a resource the attribute, by the end of its construct's path. */
const PROPS: readonly (readonly [attribute: string, path: RegExp, prop: string])[] = [
  ['aws_sqs_queue.name', /\/main$/, 'queueName'],
  ['aws_sqs_queue.name', /\/parked$/, 'parkedName'],
  ['aws_sqs_queue.name', /\/repair$/, 'repairName'],
  ['aws_sqs_queue.fifo_queue', /\/(main|parked|repair)$/, 'fifo'],
  ['aws_lambda_function.function_name', /./, 'functionName'],
  ['aws_dynamodb_table.name', /./, 'tableName'],
  ['aws_cloudwatch_log_group.name', /\/logs$/, 'functionName'],
];

const show = (value: unknown) => (value === undefined ? 'known after apply' : JSON.stringify(value));

function refusal({ planned, existing }: Pair, { attribute, is, will }: Change): string {
  const place = placeOf(planned);
  const prop = PROPS.find(
    ([of, path]) => of === `${planned.type}.${attribute}` && path.test(`/${planned.path ?? ''}`),
  )?.[2];
  const reason = `${existing.name} would be replaced at ${place}: ${attribute} is ${show(is)}, will be ${show(will)}`;
  if (will === undefined)
    return `${reason}, because what it refers to is made new. Take that over as well, or --leave ${existing.name}`;
  const suffixed = planned.values.fifo_queue === true && attribute === 'name' ? String(is).replace(/\.fifo$/, '') : is;
  const way = prop && planned.path ? `Set ${prop}: ${show(suffixed)}` : `Set ${attribute} to ${show(is)}`;
  return `${reason}. ${way}, or --leave ${existing.name}`;
}

/** What a setting is one of, if that is taken over. */
function isSettingOf({ type, values }: Existing, pairs: readonly Pair[]): boolean {
  const attribute = TYPES[type]?.settingOf;
  const owner = attribute && textOf(values[attribute]);
  if (!owner) return false;
  const own = attribute === 'function_name' ? functionNameOf(owner) : owner;
  return pairs.some(({ existing }) => existing.type !== type && namesOf(existing).includes(own));
}

function importIdOf({ planned, existing }: Pair): string | undefined {
  const id = TYPES[planned.type]?.importId(existing.values);
  const region = textOf(planned.values.region);
  // Source: AWS provider 6 guide, "Enhanced region support", importing with @<region>.
  return id && region && !region.includes('${') ? `${id}@${region}` : id;
}

/** What moves under the stack, what that changes, and what is in the way. */
export function decide({ stack, existing: given, take, leave, asked }: Request): Answer {
  // What has its place already.
  const addresses = new Set(given.filter(({ from }) => from === 'same').map(({ name }) => name));
  const planned = stack.planned.filter(({ address }) => !addresses.has(address));
  const places = new Set(stack.planned.map(({ address }) => address));
  const existing = given.filter(({ from, name }) => !(from === 'same' && places.has(name)));
  const outside = leave.map((text) => find(existing, '--leave', text));
  const inside = existing.filter((each) => !outside.includes(each));
  const said = take.map(({ what, becomes }): Pair => {
    // A queue and its function may have one name: the place says which is meant.
    const alike = inside.filter((each) => namesOf(each).includes(what));
    const fits = alike.filter(({ type }) => placesOf(planned, type, becomes).length > 0);
    const found = find(fits.length > 0 ? fits : inside, '--take', what);
    return { existing: found, planned: findPlanned(planned, found.type, becomes) };
  });
  const { pairs, ambiguous, left, resolver } = pairUp(planned, inside, said);

  const takeovers = pairs.map((pair): Takeover => {
    const importId = pair.existing.from === 'same' ? undefined : importIdOf(pair);
    return { ...pair, ...compare(pair, resolver), ...(importId && { importId }) };
  });
  const settings = left.filter((each) => each.from !== 'aws' && isSettingOf(each, pairs));
  const taken = new Set(pairs.map((pair) => pair.planned));
  const lost = left.filter((each) => each.from === 'same' && HOLDING.has(each.type) && stack.leaving.includes(each));
  const refusals = [
    ...takeovers.flatMap((each) =>
      each.changes.filter(({ replaces }) => replaces).map((change) => refusal(each, change)),
    ),
    ...takeovers
      .filter(({ existing: { from }, importId }) => from !== 'same' && importId === undefined)
      .map(
        ({ existing: { name, type } }) =>
          `${name}: what it is imported by is not known; a ${nounOf(type)} is imported by hand`,
      ),
    ...ambiguous.map(
      ({ existing: ours, planned: theirs }) =>
        `${ours.map(({ name }) => name).join(', ')} may become ${theirs.map(placeOf).join(' or ')}: say which by --take, for example --take ${ours[0]?.name}=${theirs[0] && placeOf(theirs[0])}`,
    ),
    ...lost.map(
      ({ name, type }) =>
        `${name} would be destroyed, and what is in this ${nounOf(type)}: give it a place by --take, or --leave ${name}`,
    ),
    ...existing
      .filter((each) => asked.some(({ type, name }) => each.type === type && namesOf(each).includes(name)))
      .filter((each) => left.includes(each) && !outside.includes(each))
      .map(({ name, type }) => {
        const free = planned.filter((each) => each.type === type && !taken.has(each)).map(placeOf);
        return `${name}: the stack has no ${nounOf(type)} of this name. ${free.length > 0 ? `Name one of these so, or say which by --take ${name}=…: ${free.join(', ')}` : 'It has none that is free'}`;
      }),
  ];
  return {
    takeovers,
    forgotten: [
      ...pairs.map((pair) => pair.existing).filter(({ from }) => from === 'other'),
      ...settings,
      ...outside.filter(({ from }) => from !== 'aws'),
    ],
    left: [...left.filter((each) => !settings.includes(each)), ...outside],
    made: planned.filter((each) => !taken.has(each)),
    refusals,
  };
}
