/** Rejects what the renderer does not support, rather than guessing. */
export class Unsupported extends Error {}

export function refuse(what: string): never {
  throw new Unsupported(what);
}

/** Rejects an object whose spec has a field that the renderer does not support. */
export function onlyFields(what: string, spec: object, known: readonly string[]): void {
  const unsupported = Object.keys(spec).filter((name) => !known.includes(name));
  if (unsupported.length > 0) refuse(`${what} has ${unsupported.join(', ')}`);
}
