import { type Edge, edges } from '../graph/edges';
import type { Messaging } from '../graph/messaging';
import type { Action, Resource } from '../plan/model';
import { remembered } from '../plan/remembered';
import { visible } from './visible';

/** Beyond this a picture is no help, and Mermaid refuses 500 edges anyway. */
const MOST_NODES = 40;

const CLASSES: Readonly<Partial<Record<Action, string>>> = {
  create: 'created',
  update: 'changed',
  replace: 'replaced',
  destroy: 'destroyed',
  forget: 'changed',
};
const STYLES = [
  'classDef created fill:#d4f4dd,stroke:#1a7f37,color:#000',
  'classDef changed fill:#fff8c5,stroke:#9a6700,color:#000',
  'classDef replaced fill:#ffddb0,stroke:#bc4c00,stroke-width:3px,color:#000',
  'classDef destroyed fill:#ffd7d5,stroke:#cf222e,stroke-dasharray:5 3,color:#000',
];
const SIGNS: Readonly<Partial<Record<Action, string>>> = {
  create: '+',
  update: '~',
  replace: '±',
  destroy: '−',
  forget: '○',
};

/** The messaging graph as Mermaid: what changes, with its neighbours. Undefined when no messaging changes. */
export function picture(graph: Messaging): string | undefined {
  const changing = (edge: Edge) =>
    [edge.from, edge.to, edge.via].some((resource) => resource !== undefined && resource.action !== 'nothing');
  const shown = drawnOf(graph).filter((edge) => edge.state !== 'stays' || changing(edge));
  const nodes = new Set(shown.flatMap(({ from, to }) => [from, to]));
  if (nodes.size === 0) return undefined;
  const kept = [...nodes].sort((a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : 1)).slice(0, MOST_NODES);
  const ids = new Map(kept.map((resource, index) => [resource, `n${index}`]));
  const lines = ['flowchart LR'];
  for (const [resource, id] of ids)
    lines.push(`  ${id}["${label(resource)}"]${CLASSES[resource.action] ? `:::${CLASSES[resource.action]}` : ''}`);
  for (const edge of shown) {
    const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
    if (!from || !to) continue;
    const via = edge.via && SIGNS[edge.via.action] ? ` ${SIGNS[edge.via.action]}` : '';
    const text = `${edge.kind}${edge.state === 'gone' ? ' − gone' : edge.state === 'new' ? ' + new' : via}`;
    lines.push(
      edge.state === 'gone'
        ? `  ${from} -. "${text}" .-> ${to}`
        : `  ${from} ${edge.state === 'new' ? '==' : '--'}>|"${text}"| ${to}`,
    );
  }
  if (nodes.size > kept.length) lines.push(`  more["… and ${nodes.size - kept.length} more"]`);
  return [...lines, ...STYLES.map((style) => `  ${style}`)].join('\n');
}

type Drawn = Edge & { readonly state: 'stays' | 'new' | 'gone' };

/** Every way of both sides once. */
function drawnOf(graph: Messaging): Drawn[] {
  const drawn: Drawn[] = [];
  /** From → to → where their ways are drawn. */
  const places = new Map<Resource, Map<Resource, number[]>>();
  const draw = (edge: Edge, state: (known: boolean) => Drawn['state']) => {
    const ways = remembered(places, edge.from, () => new Map<Resource, number[]>());
    const between = remembered(ways, edge.to, () => []);
    const known = between.find((place) => drawn[place]?.kind === edge.kind);
    if (known === undefined) between.push(drawn.length);
    drawn[known ?? drawn.length] = { ...edge, state: state(known !== undefined) };
  };
  for (const edge of edges(graph, 'before')) draw(edge, () => 'gone');
  for (const edge of edges(graph, 'after')) draw(edge, (known) => (known ? 'stays' : 'new'));
  return drawn;
}

const rank = (resource: Resource) =>
  ['destroy', 'replace', 'create', 'update', 'forget', 'read', 'nothing'].indexOf(resource.action);

function label(resource: Resource): string {
  const sign = SIGNS[resource.action];
  // Quotes, angle brackets and backticks of a for_each key would end the label or become HTML.
  const address = visible(resource.address).replace(/[^\w.[\]/:+=-]/g, (character) =>
    character === '"' ? '' : `#${character.codePointAt(0)};`,
  );
  return sign ? `${sign} ${address}` : address;
}
