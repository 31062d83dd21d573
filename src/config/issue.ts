/** What is wrong with a piece of configuration: where, and in a sentence its owner can act on. */

/** `path` is the field as one would type it, `spec.addresses[2]`; empty for the whole object. */
export type ConfigIssue = { readonly path: string; readonly message: string };

/** What a person gave us is shown up to here, so that a pasted book does not become an event. In characters. */
export const QUOTED_CHARS_MAX = 80;

/** Bare after a dot; anything else goes into brackets and quotes. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The path of field `key` inside `parent`: `spec` and `addresses` make `spec.addresses`. */
export function fieldPath(parent: string, key: string): string {
  if (!PLAIN_KEY.test(key)) return `${parent}[${quoteText(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** The path of element `index` of the list at `parent`. */
export const itemPath = (parent: string, index: number): string => `${parent}[${index}]`;

/** `spec.addresses[2]: "10.0.0.9-10.0.0.1" ends before it starts`. */
export const formatIssue = ({ path, message }: ConfigIssue): string =>
  path === '' ? message : `${path}: ${message}`;

/** A text in quotes, escaped and cut to what fits a sentence. */
export const quoteText = (text: string): string =>
  text.length <= QUOTED_CHARS_MAX
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, QUOTED_CHARS_MAX))}…`;

/** What a value is, for the end of "must be a list, not …". Never long, whatever the value holds. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `the text ${quoteText(value)}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
