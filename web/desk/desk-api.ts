import type { JudgedGroup, ShownLetter } from '../../functions/desk/core/desk';
import type { Letter } from '../../functions/desk/core/letter';
import type { Fault } from '../../functions/desk/core/queue-settings';
import type { Release, ReleaseCounts } from '../../functions/desk/core/release';
import type { ReleasePlan } from '../../functions/desk/core/releases';
import type { Role } from '../../functions/desk/core/roles';
import type { Page } from '../../functions/desk/core/store';

/** What the desk refused, in its own words. */
export class DeskError extends Error {
  override readonly name = 'DeskError';
}

async function call<T>(path: string, token: string | undefined, body?: object): Promise<T> {
  const response = await fetch(`/api/desk${path}`, {
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  const said = (await response.json().catch(() => ({}))) as T & { error?: string; message?: string };
  if (!response.ok) throw new DeskError(said.error ?? said.message ?? `the desk answered ${response.status}`);
  return said;
}

/** The desk as somebody with one role sees it. */
export class DeskApi {
  private constructor(
    readonly role: Role,
    private readonly token: string,
  ) {}

  static async signIn(role: Role): Promise<DeskApi> {
    const { token } = await call<{ token: string }>('-token', undefined, { role });
    return new DeskApi(role, token);
  }

  groups = () => call<readonly JudgedGroup[]>('/groups', this.token);
  letters = (group: string, body: object) => call<Page<Letter>>(`/groups/${group}/letters`, this.token, body);
  plan = (group: string, body: object) => call<ReleasePlan>(`/groups/${group}/plan`, this.token, body);
  release = (group: string, body: object) => call<Release>(`/groups/${group}/release`, this.token, body);
  watch = (id: string) => call<Release & { counts: ReleaseCounts }>(`/releases/${id}`, this.token);
  steer = (id: string, what: string) => call<Release>(`/releases/${id}/${what}`, this.token, {});
  show = (id: string, reveal: boolean) => call<ShownLetter>(`/letters/${id}/show`, this.token, { reveal });
  edit = (id: string, body: object) =>
    call<{ letter: Letter; faults: readonly Fault[] }>(`/letters/${id}/edit`, this.token, body);
  act = (id: string, what: string, body: object) => call<Letter>(`/letters/${id}/${what}`, this.token, body);
}
