/** Reading objects that anybody may have written: what is not as it should be counts as absent. */

export type Raw = Readonly<Record<string, unknown>>;

const NOTHING: Raw = {};

const isRecord = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Raw => (isRecord(value) ? value : NOTHING);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** '' where there is none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

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

export const metadataOf = (raw: Raw): Raw => fieldsOf(raw['metadata']);
export const nameOf = (raw: Raw): string => textOf(metadataOf(raw)['name']);
export const namespaceOf = (raw: Raw): string => textOf(metadataOf(raw)['namespace']);
export const specOf = (raw: Raw): Raw => fieldsOf(raw['spec']);
