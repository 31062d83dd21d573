/**
 * What can only go wrong if we are wrong. Nobody on the way catches it: whoever owns the unit that broke
 * ends it loudly and starts it clean.
 */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws `InvariantError` with `says` unless `holds`. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** For the branch that the compiler knows cannot be taken. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable value: ${JSON.stringify(value)}`);
}
