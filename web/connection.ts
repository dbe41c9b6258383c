import type { Snapshot } from './wire';

export interface Listener {
  /** The past, at every (re)connection. */
  history(snapshots: Snapshot[]): void;
  snapshot(snapshot: Snapshot): void;
  state(connected: boolean): void;
}

/** No news for so long means that the connection is dead, even if nobody has said so. */
const SILENCE_MS = 6_000;
const RECONNECT_MS = 2_000;

/** Follows the server's snapshots, and finds it again when it has been away. */
export function follow(listener: Listener): void {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    source?.close();
    source = new EventSource('/api/snapshots');
    source.addEventListener('history', ({ data }) => {
      alive();
      listener.history(JSON.parse(data));
    });
    source.addEventListener('snapshot', ({ data }) => {
      alive();
      listener.snapshot(JSON.parse(data));
    });
    source.addEventListener('error', lost);
  };
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
    listener.state(true);
  };
  // The browser's own reconnection gives up on some answers; a new source each time never does.
  const lost = () => {
    source?.close();
    listener.state(false);
    clearTimeout(silence);
    silence = setTimeout(connect, RECONNECT_MS);
  };
  connect();
}
