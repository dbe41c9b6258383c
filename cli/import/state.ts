import { type Existing, listOf, objectOf, textOf, type Values } from './resources';

type From = Existing['from'];

const index = (key: unknown) => (key === undefined ? '' : `[${JSON.stringify(key)}]`);

/** terraform.tfstate, as a backend keeps it. */
const ofFile = (state: Values, from: From): Existing[] =>
  listOf(state.resources)
    .map(objectOf)
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ type, name, module, instances }) =>
      listOf(instances)
        .map(objectOf)
        .map((instance) => ({
          type: String(type),
          name: `${module ? `${module}.` : ''}${type}.${name}${index(instance.index_key)}`,
          values: objectOf(instance.attributes),
          from,
        })),
    );

/** What `terraform show -json` prints of a state. */
function ofModule(module: Values, from: From): Existing[] {
  const own = listOf(module.resources)
    .map(objectOf)
    .filter(({ mode }) => mode === 'managed')
    .map(({ address, type, values }) => ({
      type: String(type),
      name: String(address),
      values: objectOf(values),
      from,
    }));
  return [...own, ...listOf(module.child_modules).flatMap((child) => ofModule(objectOf(child), from))];
}

/** @throws when it is no state */
export function resourcesIn(json: unknown, name: string, from: From): Existing[] {
  const read = objectOf(json);
  if (read.version === 4) return ofFile(read, from);
  const values = objectOf(read.prior_state).values ?? read.values;
  if (textOf(read.format_version) && values) return ofModule(objectOf(objectOf(values).root_module), from);
  throw new Error(
    `${name} is no state: it takes a terraform.tfstate of version 4 ("terraform state pull"), or what "terraform show -json" prints`,
  );
}
