/**
 * Names of objects for the pools of the old ConfigMap, whose names could be any text.
 *
 * A valid Kubernetes name is kept, so that Services that request the pool still find it. Other names are converted (lower
 * case, `-` for invalid characters, a letter first, at most 63 characters) and numbered where the result is taken.
 */
export const OBJECT_NAME_CHARS_MAX = 63;

/** An object's name (RFC 1123 subdomain), kept as short as a label. */
const OBJECT_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const isObjectName = (name: string): boolean =>
  name.length <= OBJECT_NAME_CHARS_MAX && OBJECT_NAME.test(name);

/** From each name to the name of its object, in the order given; no two get the same. */
export function assignObjectNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names.filter(isObjectName));
  return new Map(
    names.map((name): [string, string] => {
      if (isObjectName(name)) return [name, name];
      const fit = toObjectName(name);
      let candidate = fit;
      for (let number = 2; taken.has(candidate); number++) candidate = withNumber(fit, number);
      taken.add(candidate);
      return [name, candidate];
    }),
  );
}

function toObjectName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  const lettered = /^[a-z]/.test(plain) ? plain : `pool-${plain}`;
  return trimEnd(lettered.slice(0, OBJECT_NAME_CHARS_MAX));
}

function withNumber(name: string, number: number): string {
  const ending = `-${number}`;
  return trimEnd(name.slice(0, OBJECT_NAME_CHARS_MAX - ending.length)) + ending;
}

const trimEnd = (name: string): string => name.replace(/-+$/, '');
