/**
 * Reader of an object with a known schema.
 *
 * The caller reads each known field by its type, and then calls `rejectUnknownFields`, which reports all others. A wrong
 * value is reported with its path and counts as absent, so that one pass finds every error. Null counts as absent, as in
 * the Kubernetes API.
 */

import { isObject } from '../base/json.ts';
import { ownValue } from '../base/own-value.ts';
import { finishSteps, ITEMS_PER_STEP, type Steps } from '../base/steps.ts';
import { didYouMean } from '../base/text.ts';
import { type ConfigIssue, describeValue, fieldPath, itemPath, quoteText } from './issue.ts';

/** One element of a list, with its path. */
export type ListItem<T> = { readonly path: string; readonly value: T };

export type NumberBounds = { readonly min: number; readonly max: number };

/** Parsers of booleans and integers; undefined for a value that is none. */
export type ScalarParsers = {
  readonly boolean: (value: unknown) => boolean | undefined;
  readonly integer: (value: unknown) => number | undefined;
};

/** JSON's own types. */
const JSON_SCALAR_PARSERS: ScalarParsers = {
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  integer: (value) => (typeof value === 'number' && Number.isInteger(value) ? value : undefined),
};

export class ObjectReader {
  readonly path: string;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #issues: ConfigIssue[];
  readonly #scalarParsers: ScalarParsers;
  readonly #requested = new Set<string>();

  private constructor(
    fields: Readonly<Record<string, unknown>>,
    path: string,
    into: { readonly issues: ConfigIssue[]; readonly scalars: ScalarParsers },
  ) {
    this.#fields = fields;
    this.path = path;
    this.#issues = into.issues;
    this.#scalarParsers = into.scalars;
  }

  /** A reader of `value`; null, with an issue, where it is no object. */
  static of(
    value: unknown,
    path: string,
    issues: ConfigIssue[],
    scalars = JSON_SCALAR_PARSERS,
  ): ObjectReader | null {
    if (isObject(value)) return new ObjectReader(value, path, { issues, scalars });
    issues.push({ path, message: `must be an object, not ${describeValue(value)}` });
    return null;
  }

  /** The path of one of this object's fields. */
  pathOf(field: string): string {
    return fieldPath(this.path, field);
  }

  addIssue(field: string, message: string): void {
    this.#issues.push({ path: this.pathOf(field), message });
  }

  has(field: string): boolean {
    return this.#value(field) !== undefined;
  }

  /** Whether the field is absent or an empty list. */
  isListEmpty(field: string): boolean {
    const value = this.#value(field);
    return value === undefined || (Array.isArray(value) && value.length === 0);
  }

  string(field: string): string | undefined {
    const value = this.#value(field);
    if (value === undefined || typeof value === 'string') return value;
    return this.#addTypeIssue(field, 'a text', value);
  }

  /** An absent or empty string is an issue. */
  requiredString(field: string): string | undefined {
    const value = this.string(field);
    if (value === '' || !this.has(field)) this.addIssue(field, 'is required');
    return value === '' ? undefined : value;
  }

  boolean(field: string): boolean | undefined {
    const value = this.#value(field);
    if (value === undefined) return undefined;
    return this.#scalarParsers.boolean(value) ?? this.#addTypeIssue(field, 'true or false', value);
  }

  /** A whole number within `bounds`, both ends included. */
  integer(field: string, { min, max }: NumberBounds): number | undefined {
    const value = this.#value(field);
    if (value === undefined) return undefined;
    const number = this.#scalarParsers.integer(value);
    if (number === undefined) return this.#addTypeIssue(field, 'a whole number', value);
    if (number >= min && number <= max) return number;
    return this.#addTypeIssue(field, `from ${min} to ${max}`, value);
  }

  object(field: string): ObjectReader | null {
    const value = this.#value(field);
    return value === undefined
      ? null
      : ObjectReader.of(value, this.pathOf(field), this.#issues, this.#scalarParsers);
  }

  /** The strings of a list; other elements are reported and left out. */
  strings(field: string): readonly ListItem<string>[] {
    return finishSteps(this.stringsInSteps(field));
  }

  /** The same in steps, of a list that may be long. */
  *stringsInSteps(field: string): Steps<readonly ListItem<string>[]> {
    const listPath = this.pathOf(field);
    const items: ListItem<string>[] = [];
    for (const [index, value] of this.#list(field).entries()) {
      if (index % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
      const path = itemPath(listPath, index);
      if (typeof value === 'string') items.push({ path, value });
      else this.#issues.push({ path, message: `must be a text, not ${describeValue(value)}` });
    }
    return items;
  }

  objects(field: string): readonly ObjectReader[] {
    const listPath = this.pathOf(field);
    return this.#list(field).flatMap((value, index): readonly ObjectReader[] => {
      const item = ObjectReader.of(value, itemPath(listPath, index), this.#issues, this.#scalarParsers);
      return item === null ? [] : [item];
    });
  }

  /** The entries of a map from string to string. */
  stringMap(field: string): readonly (ListItem<string> & { readonly key: string })[] {
    const value = this.#value(field);
    if (value === undefined) return [];
    if (!isObject(value)) {
      this.#addTypeIssue(field, 'an object', value);
      return [];
    }
    return Object.entries(value).flatMap(([key, value]) => {
      const path = fieldPath(this.pathOf(field), key);
      if (typeof value === 'string') return [{ key, value, path }];
      this.#issues.push({ path, message: `must be a text, not ${describeValue(value)}` });
      return [];
    });
  }

  /** Fields that are allowed and not read. */
  ignore(...fields: readonly string[]): void {
    for (const field of fields) this.#requested.add(field);
  }

  /** Reports fields that were not read; `hints` has the replacement of former fields. */
  rejectUnknownFields(hints: ReadonlyMap<string, string> = NO_HINTS): void {
    for (const field of Object.keys(this.#fields)) {
      if (this.#requested.has(field)) continue;
      const hint = hints.get(field) ?? this.#suggest(field);
      this.addIssue(field, hint === null ? 'is not a known field' : `is not a known field: ${hint}`);
    }
  }

  #suggest(field: string): string | null {
    return didYouMean(field, this.#requested, quoteText);
  }

  /** The object's own field, never an inherited one; null counts as absent. */
  #value(field: string): unknown {
    this.#requested.add(field);
    return ownValue(this.#fields, field) ?? undefined;
  }

  #addTypeIssue(field: string, expected: string, value: unknown): undefined {
    this.addIssue(field, `must be ${expected}, not ${describeValue(value)}`);
    return undefined;
  }

  #list(field: string): readonly unknown[] {
    const value = this.#value(field);
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.#addTypeIssue(field, 'a list', value);
    return [];
  }
}

const NO_HINTS: ReadonlyMap<string, string> = new Map();
