/** What the renderer was never shown: it refuses rather than guesses. */
export class Unsupported extends Error {}

export function refuse(what: string): never {
  throw new Unsupported(what);
}

/** Refuses an object whose spec has a field that the renderer knows nothing of. */
export function onlyFields(what: string, spec: object, known: readonly string[]): void {
  const unsupported = Object.keys(spec).filter((name) => !known.includes(name));
  if (unsupported.length > 0) refuse(`${what} has ${unsupported.join(', ')}`);
}
