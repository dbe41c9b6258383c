import { find, setText } from './dom';
import type { Freshness } from './freshness';

const BANNERS: Readonly<Record<Freshness['state'], string>> = {
  live: '',
  old: 'The emulator gives no answer. What you see is the last that was known.',
  lost: 'No connection to the server. What you see is the last that was known. Trying again every two seconds.',
};

/** Says when the numbers on the page are not of this moment, and whose silence it is. */
export function showFreshness({ state }: Freshness): void {
  setText(find('#connection'), BANNERS[state]);
  document.documentElement.dataset.freshness = state;
}
