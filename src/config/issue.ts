/** Issues: errors and warnings about a piece of configuration, each with the path of its field. */
import { quoted } from '../base/printable.ts';

/** `path` is the field, such as `spec.addresses[2]`; empty for the whole object. */
export type ConfigIssue = { readonly path: string; readonly message: string };

/** Limit of a quoted value in a message, in characters: events and conditions have size limits. */
export const QUOTED_CHARS_MAX = 80;

/** A key that can follow a dot; other keys are written in brackets and quotes. */
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

/** A string in quotes, escaped and truncated to `QUOTED_CHARS_MAX`. */
export const quoteText = (text: string): string =>
  text.length <= QUOTED_CHARS_MAX ? quoted(text) : `${quoted(text.slice(0, QUOTED_CHARS_MAX))}…`;

/** A short description of a value, for the end of "must be a list, not …". */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `the text ${quoteText(value)}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
