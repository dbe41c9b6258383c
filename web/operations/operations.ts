import { follow } from '../connection';
import { showFreshness } from '../connection-banner';
import { find, setText } from '../dom';
import { buildFailures } from '../failures';
import { age } from '../format';
import type { Freshness } from '../freshness';
import { LAMBDA_PRICE } from '../lambda-cost';
import { server } from '../server-api';
import type { Snapshot, Welcome } from '../wire';
import { buildBoard } from './board';
import { buildBreakers } from './breaker';
import { buildFaultSwitch } from './fault-switch';
import { buildLaneCard } from './lane-card';
import { buildPipeline } from './pipeline';
import { buildPlaceOrders } from './place-orders';
import { buildSagas } from './sagas';
import { keep } from './series';
import { buildStory } from './story-view';
import { buildTimeline } from './timeline-view';

interface Page {
  readonly run: number;
  history(kept: readonly Snapshot[]): void;
  /** @param fresh the last of them, which weren't shown yet */
  show(kept: readonly Snapshot[], fresh: readonly Snapshot[]): void;
}

let page: Page | undefined;
let kept: readonly Snapshot[] = [];

const trouble = (text: string) => setText(find('#trouble'), text);
const report = buildFailures(find('#failures'));

function build({ run, lanes: all, pipeline: hasPipeline }: Welcome): Page {
  const lanes = all.filter(({ saga }) => !saga);
  const fault = buildFaultSwitch(find('#fault'), report);
  const orders = buildPlaceOrders(find('#orders'), lanes, report);
  const timeline = buildTimeline(find('#timeline'));
  const cards = lanes.map((info) =>
    buildLaneCard(info, timeline.note, info.breaker ? buildBreakers(info.name) : undefined),
  );
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
  const pipeline = hasPipeline ? buildPipeline(find('#pipeline'), report) : undefined;
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
      timeline.replay(snapshots);
      pipeline?.show(snapshots);
      show(snapshots);
    },
    show: (snapshots, fresh) => {
      story.show(fresh);
      timeline.show(fresh);
      pipeline?.show(fresh);
      show(snapshots);
    },
  };
}

let arriving = false;

/** The first news, or the first of another run of the server: its lanes may be others. */
async function arrive(): Promise<void> {
  if (arriving) return;
  arriving = true;
  try {
    page = build(await server.welcome());
    page.history(kept);
  } finally {
    arriving = false;
  }
}

const LINK: Readonly<Record<Freshness['state'], string>> = {
  live: 'Live',
  old: 'Emulator gives no answer',
  lost: 'Reconnecting…',
};

const { usdPerGbSecond, memoryMb, architecture, region, date } = LAMBDA_PRICE;
setText(
  find('#price'),
  `Costs are Lambda's running time only: ${memoryMb} MB, ${architecture}, $${usdPerGbSecond.toFixed(10)} per GB-second (${region}, ${date}). What is under way counts with the seconds that it has run so far; as wasted, while payment gives no answer.`,
);

follow({
  news: (news) => {
    kept = keep(news.anew ? [] : kept, news.snapshots);
    if (page?.run === news.run) {
      if (news.anew) page.history(kept);
      else page.show(kept, news.snapshots);
    } else void arrive().catch(report);
  },
  freshness: (now) => {
    showFreshness(now);
    setText(find('#link-state'), LINK[now.state]);
    setText(find('#link-age'), now.age === undefined ? '' : ` · ${age(now.age)}`);
  },
});
