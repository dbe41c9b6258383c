import { type Actor, ROLES } from '../core/roles';

/** Claims of a token, as API Gateway passes them on once it has checked it. */
export type Claims = Readonly<Record<string, unknown>>;

/** Who asks, by the token. A list comes as `[a b]`; the strongest of its roles counts. @returns nothing for a token without a role of the desk or without a name */
export function actorOf(
  claims: Claims,
  { role: roleClaim, name: nameClaim }: { readonly role: string; readonly name: string },
): Actor | undefined {
  const words = [claims[roleClaim]]
    .flat()
    .filter((value): value is string => typeof value === 'string')
    .flatMap((value) => value.replace(/^\[|\]$/g, '').split(/[\s,]+/));
  const role = [...ROLES].reverse().find((each) => words.includes(each));
  const name = claims[nameClaim];
  return role && typeof name === 'string' && name !== '' ? { name: name.slice(0, 200), role } : undefined;
}
