/**
 * Turns whatever a caller puts beside a log sentence into plain data that JSON can carry. It never throws and
 * never grows without bound: a log line must not be what brings the process down. What looks like a secret is
 * hidden by its name or by its form.
 */

export type LogValue =
  | string
  | number
  | boolean
  | null
  | readonly LogValue[]
  | { readonly [key: string]: LogValue };

/** Longer texts are cut; characters. */
export const TEXT_CHARS_MAX = 4096;
/** Longer lists and larger objects are cut; items. */
export const ITEMS_MAX = 100;
/** Deeper values are named, not shown. */
export const DEPTH_MAX = 5;
/** How many causes of an error are followed. */
const CAUSES_MAX = 8;

const HIDDEN = '(hidden)';
/** By how a name ends: `client-secret` and `bgpPassword` are hidden, `secretName` is not. */
const SECRET_NAME =
  /(authorization|token|password|passwd|passphrase|secret|(private|api|client|tls)[-_]?key([-_]?data)?)$/i;
/** Bearer credentials, and JSON Web Tokens wherever they stand. */
const SECRET_TEXT = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/** What `fields` say, in their order, without those that are undefined. */
export function toLogFields(fields: Readonly<Record<string, unknown>>): Record<string, LogValue> {
  const out: Record<string, LogValue> = {};
  for (const key of Object.keys(fields)) {
    const value = readField(fields, key, [], 0);
    if (value !== undefined) out[key] = value;
  }
  return out;
}

/** An error and its causes as one line, the outermost first, each with its code where it has one. */
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
  // A TypeError or an InvariantError says by its name whose fault it is; a plain Error says nothing by it.
  const named = name === 'Error' || name === text ? text : `${name}: ${text}`;
  const all =
    error instanceof AggregateError
      ? `${named} [${error.errors.slice(0, 3).map(errorText).join('; ')}]`
      : named;
  return code === '' || all.includes(code) ? all : `${all} (${code})`;
}

/** Hides what looks like a credential and cuts what is too long. */
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
    if (each !== undefined) out[key] = each;
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

/** One property; reading it may run a getter that throws. */
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
