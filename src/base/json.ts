/**
 * Reading objects that anybody may have written: nothing is certain about their shape, so every look at a field goes
 * through one of these. They never throw; what is not as it should be counts as absent.
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

/** `value` if it is text, else ''. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `value` if it is text with something in it, else null. */
export const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

export const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((one): one is string => typeof one === 'string');

export const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** Of a map from text to text, what is text. */
export const mapOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** `metadata` of an object, empty where it has none. */
export const metadataOf = (raw: Raw): Raw => fieldsOf(raw['metadata']);
export const nameOf = (raw: Raw): string => textOf(metadataOf(raw)['name']);
export const namespaceOf = (raw: Raw): string => textOf(metadataOf(raw)['namespace']);
export const specOf = (raw: Raw): Raw => fieldsOf(raw['spec']);
