/**
 * Converts the fields of a log line into plain JSON data. It never throws and its output is bounded, so that logging cannot
 * bring the process down. Values that look like secrets are hidden, by the field's name or by their form.
 */
import { setOwnValue } from '../base/own-value.ts';

export type LogValue =
  | string
  | number
  | boolean
  | null
  | readonly LogValue[]
  | { readonly [key: string]: LogValue };

/** Longest text, in characters; longer ones are cut. */
export const TEXT_CHARS_MAX = 4096;
/** Most items of a list or an object; more are cut. */
export const ITEMS_MAX = 100;
/** Deepest nesting; deeper values are replaced by their kind. */
export const DEPTH_MAX = 5;
/** Most causes of an error in one line. */
const CAUSES_MAX = 8;

const HIDDEN = '(hidden)';
/** Matches the end of a name: `client-secret` and `bgpPassword` are hidden, `secretName` is not. */
const SECRET_NAME =
  /(authorization|token|password|passwd|passphrase|secret|(private|api|client|tls)[-_]?key([-_]?data)?)$/i;
/** Bearer and Basic credentials, and JSON Web Tokens anywhere in a text. */
const SECRET_TEXT = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/** Converts `fields` in their order, without undefined ones. */
export function toLogFields(fields: Readonly<Record<string, unknown>>): Record<string, LogValue> {
  const out: Record<string, LogValue> = {};
  for (const key of Object.keys(fields)) {
    const value = readField(fields, key, [], 0);
    if (value !== undefined) setOwnValue(out, key, value);
  }
  return out;
}

/** Formats an error and its causes as one line, the outermost first, each with its code if it has one. */
export function errorText(error: unknown): string {
  const parts: string[] = [];
  let each = error;
  for (let depth = 0; each !== undefined && each !== null && depth < CAUSES_MAX; depth++) {
    parts.push(describeError(each));
    each = each instanceof Error ? each.cause : undefined;
  }
  return sanitizeText(parts.join(': '));
}

function describeError(error: unknown): string {
  if (!(error instanceof Error))
    return sanitizeText(typeof error === 'string' ? error : JSON.stringify(toLogValue(error)));
  const { name, message } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const text = message === '' ? name : message;
  // The name of a TypeError or an InvariantError is informative; that of a plain Error is not.
  const named = name === 'Error' || name === text ? text : `${name}: ${text}`;
  const all =
    error instanceof AggregateError
      ? `${named} [${error.errors.slice(0, 3).map(errorText).join('; ')}]`
      : named;
  return code === '' || all.includes(code) ? all : `${all} (${code})`;
}

/** Hides credentials and cuts long texts. */
function sanitizeText(text: string): string {
  const cut =
    text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}… (${text.length} characters)` : text;
  return cut.includes('eyJ') || /b(earer|asic) /i.test(cut) ? cut.replace(SECRET_TEXT, HIDDEN) : cut;
}

function toLogValue(value: unknown, ancestors: readonly object[] = [], depth = 0): LogValue | undefined {
  switch (typeof value) {
    case 'string':
      return sanitizeText(value);
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return value.toString();
    case 'undefined':
      return undefined;
    case 'object':
      return value === null ? null : objectToLogValue(value, ancestors, depth);
    default:
      return `(${typeof value})`;
  }
}

function objectToLogValue(value: object, ancestors: readonly object[], depth: number): LogValue {
  if (value instanceof Error) return errorText(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (ancestors.includes(value)) return '(circular)';
  if (depth >= DEPTH_MAX) return Array.isArray(value) ? '(list)' : '(object)';
  const path = [...ancestors, value];
  if (Array.isArray(value) || value instanceof Set) return listToLogValue(value, path, depth);
  if (value instanceof Map) return mapToLogValue(value, path, depth);
  const keys = Object.keys(value);
  const out: Record<string, LogValue> = {};
  for (const key of keys.slice(0, ITEMS_MAX)) {
    const each = readField(value as Record<string, unknown>, key, path, depth + 1);
    if (each !== undefined) setOwnValue(out, key, each);
  }
  if (keys.length > ITEMS_MAX) out['…'] = `${keys.length - ITEMS_MAX} more`;
  return out;
}

function listToLogValue(list: Iterable<unknown>, path: readonly object[], depth: number): LogValue {
  const out: LogValue[] = [];
  let omitted = 0;
  for (const each of list) {
    if (out.length < ITEMS_MAX) out.push(toLogValue(each, path, depth + 1) ?? null);
    else omitted++;
  }
  if (omitted > 0) out.push(`… ${omitted} more`);
  return out;
}

function mapToLogValue(map: ReadonlyMap<unknown, unknown>, path: readonly object[], depth: number): LogValue {
  const named: Record<string, unknown> = {};
  for (const [key, value] of map) named[String(key)] = value;
  return objectToLogValue(named, path, depth);
}

/** Reads one property, whose getter may throw. */
function readField(
  owner: Readonly<Record<string, unknown>>,
  key: string,
  path: readonly object[],
  depth: number,
): LogValue | undefined {
  if (SECRET_NAME.test(key)) return HIDDEN;
  try {
    return toLogValue(owner[key], path, depth);
  } catch (error) {
    return `(unreadable: ${error instanceof Error ? error.message : typeof error})`;
  }
}
