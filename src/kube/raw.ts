/**
 * Objects as the API server sends them: nothing is certain about their shape, so every look at a field goes
 * through one of these, which never throw and answer with something empty where the field is not what it
 * should be.
 */

export type KubeObject = { readonly [field: string]: unknown };

const NO_FIELDS: KubeObject = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);

export const isObject = (value: unknown): value is KubeObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `value` if it is an object, else an empty one. */
export const fieldsOf = (value: unknown): KubeObject => (isObject(value) ? value : NO_FIELDS);

/** `value` if it is a list, else an empty one. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NO_ITEMS);

/** `value` if it is text, else ''. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `value` if it is text with something in it, else null. */
export const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** `metadata` of an object, empty where it has none. */
export const metadataOf = (raw: KubeObject): KubeObject => fieldsOf(raw['metadata']);
