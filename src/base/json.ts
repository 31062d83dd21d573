/**
 * Readers of unknown JSON values: YAML files, API objects, status documents. Nothing is certain about their shape, so
 * every access to a field goes through one of these. They never throw; a value of the wrong type counts as absent.
 */

export type Raw = Readonly<Record<string, unknown>>;

const NO_FIELDS: Raw = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);

export const isObject = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `value` if it is an object, else an empty one. */
export const fieldsOf = (value: unknown): Raw => (isObject(value) ? value : NO_FIELDS);

/** `value` if it is a list, else an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NO_ITEMS);

/** `value` if it is a string, else ''. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `value` if it is a string that is not empty, else null. */
export const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** The strings of a list; other elements are left out. */
export const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((one): one is string => typeof one === 'string');

/** `value` if it is a finite number, else null. */
export const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** The entries of an object whose values are strings. */
export const mapOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** The value of a JSON text, or null if it is none. */
export function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
