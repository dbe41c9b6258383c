import { STREAMS, waiting } from '../../graph/backlog';
import {
  nameOfPlace,
  type Place,
  placesOf,
  type Reader,
  readerBy,
  readers,
  readersOfPlace,
  whoOf,
} from '../../graph/readers';
import { existsOn } from '../../graph/side';
import { list } from '../../plan/format';
import type { Context, Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/mapping-removed',
  severity: 'high',
  title: 'A consumer is taken away from a source that stays',
  *check({ graph }) {
    for (const { place, by } of placesBefore(readers(graph, 'before'))) {
      if (place.source && !existsOn(place.source, 'after')) continue;
      const after = readersOfPlace(graph, place, 'after');
      // One that still reads it may be switched off: that is another finding.
      const gone = by.filter(({ resource }) => !after.some((reader) => reader.resource === resource));
      const [first] = gone;
      if (!first) continue;
      const remaining = after.filter((reader) => reader.enabled !== false);
      const stream = place.source !== undefined && STREAMS.includes(place.source.type);
      const takenOver = remaining.some((reader) => !by.some(({ resource }) => resource === reader.resource));
      if (remaining.length > 0 && (!stream || takenOver)) continue;
      const unread = remaining.length === 0;
      yield {
        resource: first.resource,
        severity: unread ? 'high' : 'medium',
        before: `${nameOfPlace(place)} read by ${list(by.map(whoOf))}`,
        after: unread ? 'read by nobody' : `read by ${list(remaining.map(whoOf))}`,
        why: unread
          ? `${moved(first, graph)}Nobody reads ${nameOfPlace(place)} any more. ${waiting(place.source)}`
          : `${list(gone.map(whoOf))} gets nothing of it any more, and its place in the stream goes with the mapping.`,
        action: 'Put the next consumer in the same change, or stop the senders first.',
      };
    }
  },
};

function moved({ resource }: Reader, graph: Context['graph']): string {
  const reader = readerBy(graph, resource, 'after');
  return reader ? `It reads ${list(placesOf(reader).map(nameOfPlace))} from now on. ` : '';
}

/** Each place that somebody reads, with its readers. */
function placesBefore(all: readonly Reader[]): { place: Place; by: Reader[] }[] {
  const found = new Map<string, { place: Place; by: Reader[] }>();
  for (const reader of all) {
    if (reader.enabled === false) continue;
    for (const place of placesOf(reader)) {
      const entry = found.get(place.key);
      if (entry) entry.by.push(reader);
      else found.set(place.key, { place, by: [reader] });
    }
  }
  return [...found.values()];
}
