import type { AttachedQueue, JudgedGroup, ShownLetter } from '../../functions/desk/core/desk';
import type { AuditEntry, Letter } from '../../functions/desk/core/letter';
import type { HoldRequest, LiftRequest, ParkedRequest } from '../../functions/desk/core/operations';
import type { Fault } from '../../functions/desk/core/queue-settings';
import type { Release, ReleaseCounts } from '../../functions/desk/core/release';
import type { ReleasePlan } from '../../functions/desk/core/releases';
import type { Actor } from '../../functions/desk/core/roles';
import type { Page } from '../../functions/desk/core/store';
import type { TimelineEvent } from '../../functions/desk/core/timeline';
import type { Trend } from '../../functions/desk/core/trend';
import type { RedriveReport } from '../../functions/operations/redrive/contract';
import type { BreakerRecord } from '../../functions/runtime/breaker/state';
import { SignInError } from './sign-in';

/** What the desk refused, in its own words. */
export class DeskError extends Error {
  override readonly name = 'DeskError';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export type WatchedRelease = Release & { readonly counts: ReleaseCounts; readonly nextWave: number };

/** The desk's API, for whoever is signed in. */
export class DeskApi {
  constructor(
    private readonly url: string,
    private readonly token: () => Promise<string>,
  ) {}

  me = () => this.call<Actor>('/me');
  queues = () => this.call<readonly AttachedQueue[]>('/queues');
  search = (where: string, after?: string) => this.call<Page<Letter>>('/search', { where, ...(after && { after }) });
  timeline = (id: string) => this.call<readonly TimelineEvent[]>('/timeline', { id });
  groups = () => this.call<readonly JudgedGroup[]>('/groups');
  letters = (group: string, body: object) => this.call<Page<Letter>>(`/groups/${group}/letters`, body);
  describe = (group: string, body: object) => this.call(`/groups/${group}/describe`, body);
  comment = (group: string, text: string) => this.call(`/groups/${group}/comment`, { text });
  history = (group: string) => this.call<readonly AuditEntry[]>(`/groups/${group}/history`);
  trend = (group: string) => this.call<Trend>(`/groups/${group}/trend`);
  plan = (group: string, body: object) => this.call<ReleasePlan>(`/groups/${group}/plan`, body);
  release = (group: string, body: object) => this.call<Release>(`/groups/${group}/release`, body);
  releases = () => this.call<readonly Release[]>('/releases');
  watch = (id: string) => this.call<WatchedRelease>(`/releases/${id}`);
  steer = (id: string, what: string) => this.call<Release>(`/releases/${id}/${what}`, {});
  releaseParked = (body: ParkedRequest) => this.call<RedriveReport>('/parked', body);
  breaker = (queue: string) => this.call<readonly BreakerRecord[]>('/breaker', { queue });
  hold = (body: HoldRequest) => this.call<readonly BreakerRecord[]>('/breaker/hold', body);
  lift = (body: LiftRequest) => this.call<readonly BreakerRecord[]>('/breaker/lift', body);
  show = (id: string, reveal: boolean) => this.call<ShownLetter>(`/letters/${id}/show`, { reveal });
  edit = (id: string, body: object) =>
    this.call<{ readonly letter: Letter; readonly faults: readonly Fault[] }>(`/letters/${id}/edit`, body);
  act = (id: string, what: string, body: object) => this.call<Letter>(`/letters/${id}/${what}`, body);

  private async call<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.token()}` },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    }).catch(() => {
      throw new DeskError('The desk gives no answer. What you did last may have been done: look again.', 0);
    });
    const said = (await response.json().catch(() => ({}))) as T & { error?: string; message?: string };
    if (response.status === 401) throw new SignInError('Your sign-in has ended.');
    if (!response.ok) {
      throw new DeskError(said.error ?? said.message ?? `The desk answered ${response.status}.`, response.status);
    }
    return said;
  }
}
