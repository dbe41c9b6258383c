import { type Existing, listOf, objectOf, type Planned, type Stack, textOf, type Values } from './resources';
import { TYPES } from './types';

const isManaged = (address: string) => !/(^|\.)data\./.test(address);

/** A stack that CDKTF or cdktn has synthesized. */
function synthesized(json: Values): Stack {
  const planned = Object.entries(objectOf(json.resource)).flatMap(([type, byId]) =>
    Object.entries(objectOf(byId)).map(([id, values]): Planned => {
      const { '//': comment, ...set } = objectOf(values);
      const path = textOf(objectOf(objectOf(comment).metadata).path);
      // The first part is the stack's own name.
      return { type, address: `${type}.${id}`, ...(path && { path: path.replace(/^[^/]*\//, '') }), values: set };
    }),
  );
  const providers = listOf(objectOf(json.provider).aws).map(objectOf);
  const regions = new Set(providers.map(({ region }) => textOf(region)));
  const [region] = regions;
  return { planned, leaving: [], ...(regions.size === 1 && region && !region.includes('${') && { region }) };
}

/** Attributes by which resources are told from each other: a reference there is taken as it stands. */
const IDENTIFYING = new Set(Object.values(TYPES).flatMap(({ identities }) => identities.flat()));

/** Address without the indices of its modules and its own, as a configuration has it. */
const plain = (address: string) => address.replaceAll(/\[[^\]]*\]/g, '');

/** Address of a resource in its configuration, without indices → its expressions. */
function expressionsOf(module: Values, prefix = ''): Map<string, Values> {
  const own = listOf(module.resources)
    .map(objectOf)
    .map((each): [string, Values] => [`${prefix}${each.address}`, objectOf(each.expressions)]);
  const below = Object.entries(objectOf(module.module_calls)).flatMap(([name, call]) => [
    ...expressionsOf(objectOf(objectOf(call).module), `${prefix}module.${name}.`),
  ]);
  return new Map([...own, ...below]);
}

/** What is unknown until it is made, where it is another resource's attribute and nothing else. */
function reference(expression: unknown, module: string): string | undefined {
  const attributes = listOf(objectOf(expression).references)
    .map(String)
    .filter(
      (each) => /^[a-z]\w*\.[\w-]+(\[[^\]]+\])?\.\w+$/.test(each) && !/^(data|var|local|module|each)\./.test(each),
    );
  return attributes.length === 1 ? `\${${module}${attributes[0]}}` : undefined;
}

/** A plan of plain Terraform, or of anything: `terraform show -json`. */
function planOf(json: Values): Stack {
  const expressions = expressionsOf(objectOf(objectOf(json.configuration).root_module));
  const changes = listOf(json.resource_changes)
    .map(objectOf)
    .filter(({ address }) => isManaged(String(address)));
  const of = (action: string) => changes.filter(({ change }) => listOf(objectOf(change).actions).join() === action);
  const planned = of('create').map((each): Planned => {
    const address = String(each.address);
    const change = objectOf(each.change);
    const module = textOf(each.module_address);
    const set = Object.entries(objectOf(change.after)).filter(([, value]) => value !== null);
    const unknown = Object.entries(objectOf(change.after_unknown)).filter(([, value]) => value === true);
    const referring = unknown.flatMap(([name]) => {
      const found = IDENTIFYING.has(name)
        ? reference(expressions.get(plain(address))?.[name], module ? `${module}.` : '')
        : undefined;
      return found ? [[name, found]] : [];
    });
    return { type: String(each.type), address, values: Object.fromEntries([...set, ...referring]) };
  });
  const leaving = of('delete').map(
    (each): Existing => ({
      type: String(each.type),
      name: String(each.address),
      values: objectOf(objectOf(each.change).before),
      from: 'same',
    }),
  );
  return { planned, leaving };
}

/** @throws when it is neither */
export function stackOf(json: unknown, name: string): Stack {
  const read = objectOf(json);
  if (Array.isArray(read.resource_changes)) return planOf(read);
  if (typeof read.resource === 'object') return synthesized(read);
  throw new Error(
    `${name} is no stack: it takes the cdk.tf.json that a synthesis writes, or a plan as "terraform show -json PLAN" prints it`,
  );
}
