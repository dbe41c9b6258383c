interface Store<K, V> {
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V): unknown;
}

/** The value of a key, made when somebody asks for it first. Undefined is a value as well. */
export function remembered<K, V>(known: Store<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined || known.has(key)) return found as V;
  const value = make();
  known.set(key, value);
  return value;
}
