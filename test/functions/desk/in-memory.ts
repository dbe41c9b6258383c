import { Desk, type DeskPorts } from '../../../functions/desk/core/desk';
import { keep } from '../../../functions/desk/core/keep';
import type { Content } from '../../../functions/desk/core/letter';
import type { LedgerWord } from '../../../functions/desk/core/outcome';
import type { Actor } from '../../../functions/desk/core/roles';
import { sentAgainOf } from '../../../functions/runtime/note';
import type { CanaryColour } from '../../../functions/runtime/ports';
import { inRepair, NOW, SETTINGS } from './letters';
import { MemoryDeskStore } from './memory-store';

export const ADA: Actor = { name: 'ada', role: 'operator' };
export const BOB: Actor = { name: 'bob', role: 'operator' };
export const EVE: Actor = { name: 'eve', role: 'viewer' };

interface Sent extends Content {
  readonly messageId: string;
  /** The sending's name, by which a consumer knows two of them for one. */
  readonly name: string;
}

/** A desk in memory, with a queue, a consumer's ledger and a clock that stand still until somebody moves them. */
export class InMemory {
  readonly store = new MemoryDeskStore();
  readonly sent: Sent[] = [];
  readonly ledger = new Map<string, LedgerWord>();
  canary: CanaryColour = 'green';
  now = NOW.getTime();
  private names = 0;
  /** Called before each call to the outside: throws where a process is to die. */
  onCall: (what: string) => void = () => {};

  readonly ports: DeskPorts = {
    store: this.guarded(),
    send: async (_, content) => {
      this.onCall('send');
      const messageId = `sent-${this.sent.length}`;
      this.sent.push({ ...content, messageId, name: sentAgainOf(content.attributes) ?? '' });
      this.onCall('sent');
      return messageId;
    },
    ledger: async (_, id) => this.ledger.get(id),
    canary: async () => this.canary,
    canaryWord: async () => ({ colour: this.canary, detail: 'asked in a test' }),
    now: () => new Date(this.now),
    name: () => `name-${this.names++}`,
    expiry: (now) => now.getTime() + 86_400_000,
  };
  readonly desk = new Desk(this.ports);

  /** What lies in repair is kept by the desk. @returns ids of the letters */
  async arrive(...letters: Parameters<typeof inRepair>[]): Promise<string[]> {
    await this.store.settle({ ...SETTINGS, canary: 'canary', ledger: { table: 'ledger', scope: 'invoices' } });
    const ids: string[] = [];
    for (const letter of letters) ids.push((await keep(inRepair(...letter), this.ports)).id);
    return ids;
  }

  /** Every write to the store may be where a process dies: before it, or after it. */
  private guarded(): MemoryDeskStore {
    return new Proxy(this.store, {
      get: (store, name) => {
        const value = Reflect.get(store, name) as unknown;
        if (typeof value !== 'function' || !['change', 'write'].includes(String(name))) return value;
        return async (...parameters: unknown[]) => {
          this.onCall(`before ${String(name)}`);
          const result = (await value.apply(store, parameters)) as unknown;
          this.onCall(`after ${String(name)}`);
          return result;
        };
      },
    });
  }
}
