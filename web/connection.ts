import { type Freshness, freshness, type Heard } from './freshness';
import { server } from './server-api';
import type { News } from './wire';

export interface Listener {
  news(news: News): void;
  freshness(freshness: Freshness): void;
}

const ASK_EVERY_MS = 1_000;
const ASK_AGAIN_MS = 2_000;

/** Asks the server what is new, as long as somebody can see the page, and says how old the last answer is. */
export function follow(listener: Listener): void {
  let cursor: string | undefined;
  let readAt = 0;
  let heard: Heard | undefined;
  let answered = true;
  let asking = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async () => {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    const news = await server.news(cursor).catch(() => undefined);
    asking = false;
    answered = news !== undefined;
    timer = setTimeout(ask, answered ? ASK_EVERY_MS : ASK_AGAIN_MS);
    if (news) {
      cursor = news.cursor;
      readAt = news.snapshots.at(-1)?.readAt ?? (news.anew ? news.now : readAt);
      heard = { heardAt: Date.now(), serverNow: news.now, readAt };
      listener.news(news);
    }
    tell();
  };
  const tell = () => {
    // Before the first answer nothing is known, not even that there is none.
    if (!document.hidden && (heard || !answered)) listener.freshness(freshness(heard, answered, Date.now()));
  };
  document.addEventListener('visibilitychange', () => {
    // Who comes back is told how old the numbers are when the server has been asked, not that nobody asked it meanwhile.
    heard = undefined;
    answered = true;
    void ask();
  });
  setInterval(tell, 1_000);
  void ask();
}
