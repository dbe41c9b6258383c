import type { AttachedQueue } from '../../functions/desk/core/desk';
import type { Actor } from '../../functions/desk/core/roles';
import type { DeskApi } from './desk-api';
import type { Place } from './place';

/** What every part of the page has: whom it works for, and how it says something. */
export interface Session {
  readonly actor: Actor;
  readonly desk: DeskApi;
  /** Said where everybody hears it, until something else is. */
  say(text: string, tone?: 'good' | 'bad'): void;
  /** Does something, and says what came of it. @returns whether it was done */
  attempt(action: () => Promise<unknown>, done?: string): Promise<boolean>;
  /** Looks at the groups anew, and at what is shown of them. */
  refresh(): Promise<void>;
  here(): Place;
  /** An attached queue, by the ARN of its dead letters. */
  queue(arn: string): AttachedQueue | undefined;
  /** Where a runbook's page is; nothing where nobody said where they are. */
  runbook(page: string): string | undefined;
}
