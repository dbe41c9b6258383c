import { find, setText } from './dom';

/** Says when the server is gone; what is on the page is then the last that is known. */
export function showConnection(connected: boolean): void {
  const text = 'No connection to the server. What you see is the last that was known. Trying again every two seconds.';
  setText(find('#connection'), connected ? '' : text);
  document.documentElement.dataset.connected = String(connected);
}
