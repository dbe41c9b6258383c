import { Token } from 'cdktf';
import { KNOWN_PROPS } from './known-props';

/** One thing that must be true of a construct's props, as data: all rules are checked together, so that a user sees every mistake at once. */
export interface Rule<Props> {
  /** The prop that the message is about. */
  readonly prop: keyof Props & string;
  /** True when the props are fine. Called only when the named prop is set to a value that is known at synthesis. */
  readonly holds: (props: Props) => boolean;
  /** What is wrong, with the value, what is allowed and why; the construct's id and the prop's name are put in front. */
  readonly message: (props: Props) => string;
}

/** Thrown by a construct whose props can't work on AWS. */
export class PropsError extends Error {
  constructor(
    readonly id: string,
    readonly problems: readonly string[],
  ) {
    super(problems.map((problem) => `${id}: ${problem}`).join('\n'));
    this.name = 'PropsError';
  }
}

/** False for a token: a value that is known only after `apply` can't be checked at synthesis, and must not fail there. */
export function isKnown(value: unknown): boolean {
  return value !== undefined && !Token.isUnresolved(value);
}

/** A rule that fails over a value which is known only after `apply`, its own prop's or another's, says nothing: Terraform and AWS check that one. */
function holds<Props extends object>(rule: Rule<Props>, props: Props): boolean {
  let metUnknown = false;
  const meet = () => {
    metUnknown = true;
  };
  return rule.holds(watched(props, meet)) || metUnknown;
}

/** The same object, which tells when something in it is read that isn't known yet. */
function watched<Of extends object>(of: Of, meet: () => void): Of {
  return new Proxy(of, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (Token.isUnresolved(value)) {
        meet();
        return value;
      }
      return canBeWatched(target, key, value) ? watched(value, meet) : value;
    },
  });
}

/** Built-in collections and the like work on themselves only, and what is frozen has to be given back as it is. */
function canBeWatched(target: object, key: PropertyKey, value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const frozen = Reflect.getOwnPropertyDescriptor(target, key);
  if (frozen && !frozen.configurable && !frozen.writable) return false;
  return ![Map, Set, WeakMap, WeakSet, RegExp, Date].some((kind) => value instanceof kind);
}

/** Steps from one word to another: a letter more, less or another. */
function steps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...to].entries())
      next.push(Math.min((row[at] ?? 0) + (letter === other ? 0 : 1), (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Props that the construct doesn't have: the compiler refuses them in TypeScript, and nobody does in JavaScript. */
function unknownProps(props: object, names: string): string[] {
  const known = names.split(' ');
  const unknown = Object.entries(props).filter(([name, value]) => value !== undefined && !known.includes(name));
  return unknown.map(([name]) => {
    const [nearest = ''] = [...known].sort(
      (a, b) => steps(name.toLowerCase(), a.toLowerCase()) - steps(name.toLowerCase(), b.toLowerCase()),
    );
    const isNear = steps(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, name.length / 3);
    return `has no prop "${name}"; ${isNear ? `did you mean ${nearest}?` : `it takes ${known.join(', ')}`}`;
  });
}

/**
 * @param named the interface of the props, so that a prop which isn't in it is refused
 * @param given the props as they were given, where `props` has defaults in it
 * @throws PropsError naming the construct, each prop at fault, its value and what is allowed.
 */
export function checkProps<Props extends object>(
  id: string,
  props: Props,
  rules: readonly Rule<Props>[],
  named?: keyof typeof KNOWN_PROPS,
  given: object = props,
): void {
  const broken = rules.filter((rule) => isKnown(props[rule.prop as keyof Props]) && !holds(rule, props));
  const problems = [
    ...(named ? unknownProps(given, KNOWN_PROPS[named]) : []),
    ...broken.map((rule) => `${rule.prop} ${rule.message(props)}`),
  ];
  if (problems.length > 0) throw new PropsError(id, problems);
}
