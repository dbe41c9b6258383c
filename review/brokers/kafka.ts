import { read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';

export function properties(configuration: Resource, side: Side): Map<string, string> | undefined {
  const text = textOf(read(configuration, side, 'server_properties'));
  if (text === undefined) return undefined;
  return new Map(
    text
      .split('\n')
      .map((line) => /^\s*([\w.]+)\s*=\s*(\S+)/.exec(line))
      .flatMap((match) => (match?.[1] && match[2] ? [[match[1], match[2]] as const] : [])),
  );
}
