import { KEPT_SNAPSHOTS, type News, type Snapshot } from '../../web/wire';

/**
 * The snapshots of the last minutes. A page asks what is new since it asked last: a request each time instead of a stream, because a browser opens at
 * most six connections to a server, for all of its tabs together (Chromium, HTTP/1.1).
 */
export class Journal {
  private readonly kept: Snapshot[] = [];
  /** Snapshots ever added; those before `added - kept.length` are forgotten. */
  private added = 0;

  constructor(
    private readonly run: number,
    private readonly now: () => number = Date.now,
  ) {}

  add(snapshot: Snapshot): void {
    this.kept.push(snapshot);
    this.added += 1;
    if (this.kept.length > KEPT_SNAPSHOTS) this.kept.shift();
  }

  /** @param cursor from the answer before; without one, or with one of another run, everything that is kept is new */
  since(cursor?: string | null): News {
    const { run, added, kept } = this;
    const [ofRun, seen] = (cursor ?? '').split('.').map(Number);
    const known = ofRun === run && seen !== undefined && seen >= 0 && seen <= added;
    const fresh = known ? Math.min(added - seen, kept.length) : kept.length;
    return {
      run,
      cursor: `${run}.${added}`,
      now: this.now(),
      anew: !known,
      snapshots: fresh > 0 ? kept.slice(-fresh) : [],
    };
  }
}
