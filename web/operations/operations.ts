import { follow } from '../connection';
import { showConnection } from '../connection-banner';
import { find, setText } from '../dom';
import { LAMBDA_PRICE } from '../lambda-cost';
import { server } from '../server-api';
import type { Snapshot, Welcome } from '../wire';
import { buildBoard } from './board';
import { buildBreakers } from './breaker';
import { buildFaultSwitch } from './fault-switch';
import { buildLaneCard } from './lane-card';
import { buildPlaceOrders } from './place-orders';
import { buildSagas } from './sagas';
import { keep } from './series';
import { buildStory } from './story-view';

interface Page {
  readonly run: number;
  history(kept: readonly Snapshot[]): void;
  show(kept: readonly Snapshot[]): void;
}

let page: Page | undefined;
let kept: readonly Snapshot[] = [];

const trouble = (text: string) => setText(find('#trouble'), text);
const report = (error: unknown) => trouble(error instanceof Error ? error.message : String(error));

function build({ run, lanes: all }: Welcome): Page {
  const lanes = all.filter(({ saga }) => !saga);
  const fault = buildFaultSwitch(find('#fault'), report);
  const orders = buildPlaceOrders(find('#orders'), lanes, report);
  const cards = lanes.map((info) => buildLaneCard(info, info.breaker ? buildBreakers(info.name) : undefined));
  const board = buildBoard(find<HTMLTableElement>('#board'), lanes);
  const release = async () => {
    const ready = cards.flatMap((card) => card.release ?? []);
    await Promise.all(ready.map((one) => one.run(false)));
  };
  const story = buildStory(find('#story'), {
    down: ['Stop payment', () => fault.set({ kind: 'down' }).catch(report)],
    order: ['Place 3 orders in every lane', () => orders.everywhere(3).catch(report)],
    up: ['Bring payment back', () => fault.set({ kind: 'up' }).catch(report)],
    release: ['Release', release],
  });
  find('#lanes').replaceChildren(...cards.map(({ element }) => element));
  const saga = all.find((lane) => lane.saga);
  if (saga) buildSagas(find('#sagas'), saga.name, () => orders.place(1, [saga.name]).catch(report));
  const show = (snapshots: readonly Snapshot[]) => {
    const last = snapshots.at(-1);
    if (!last) return;
    for (const card of cards) card.show(snapshots);
    fault.show(last);
    board(last);
    trouble(last.trouble ? `Some numbers are old: ${last.trouble}` : '');
  };
  return {
    run,
    history: (snapshots) => {
      story.replay(snapshots);
      show(snapshots);
    },
    show: (snapshots) => {
      const last = snapshots.at(-1);
      if (last) story.show(last);
      show(snapshots);
    },
  };
}

async function arrive(): Promise<void> {
  const welcome = await server.welcome();
  if (page?.run !== welcome.run) page = build(welcome);
  page.history(kept);
}

const { usdPerGbSecond, memoryMb, architecture, region, date } = LAMBDA_PRICE;
setText(
  find('#price'),
  `Costs are Lambda's running time only: ${memoryMb} MB, ${architecture}, $${usdPerGbSecond.toFixed(10)} per GB-second (${region}, ${date}). A run counts when it has ended.`,
);

follow({
  history: (snapshots) => {
    kept = snapshots;
    void arrive().catch(report);
  },
  snapshot: (snapshot) => {
    kept = keep(kept, snapshot);
    page?.show(kept);
  },
  state: (connected) => {
    showConnection(connected);
    setText(find('#link'), connected ? 'Live' : 'Reconnecting…');
  },
});
