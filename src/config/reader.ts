/**
 * Careful reading of an object that somebody else wrote.
 *
 * One asks for the fields one knows, each by its type, and calls `end`: it reports every field nobody asked
 * for. A wrong value is reported with its path and read as if it were absent, so that one pass finds
 * everything that is wrong. Null counts as absent, as in the Kubernetes API.
 */

import { closest } from '../base/text.ts';
import { isObject } from '../cluster/fields.ts';
import { type ConfigIssue, fieldPath, itemPath, shownText, shownValue } from './issue.ts';

/** One element of a list, with the place it was found at. */
export type Item<T> = { readonly path: string; readonly value: T };

export type NumberBounds = { readonly min: number; readonly max: number };

/** How values that are neither texts, lists nor objects are spelled; undefined where a value is none. */
export type Scalars = {
  readonly boolean: (value: unknown) => boolean | undefined;
  readonly integer: (value: unknown) => number | undefined;
};

/** As JSON has them. */
const JSON_SCALARS: Scalars = {
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  integer: (value) => (typeof value === 'number' && Number.isInteger(value) ? value : undefined),
};

export class ObjectReader {
  readonly path: string;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #issues: ConfigIssue[];
  readonly #scalars: Scalars;
  readonly #asked = new Set<string>();

  private constructor(
    fields: Readonly<Record<string, unknown>>,
    path: string,
    into: { readonly issues: ConfigIssue[]; readonly scalars: Scalars },
  ) {
    this.#fields = fields;
    this.path = path;
    this.#issues = into.issues;
    this.#scalars = into.scalars;
  }

  /** A reader of `value`; null, and a complaint in `issues`, where it is no object. */
  static of(
    value: unknown,
    path: string,
    issues: ConfigIssue[],
    scalars = JSON_SCALARS,
  ): ObjectReader | null {
    if (isObject(value)) return new ObjectReader(value, path, { issues, scalars });
    issues.push({ path, message: `must be an object, not ${shownValue(value)}` });
    return null;
  }

  /** The path of one of this object's fields. */
  at(field: string): string {
    return fieldPath(this.path, field);
  }

  complain(field: string, message: string): void {
    this.#issues.push({ path: this.at(field), message });
  }

  has(field: string): boolean {
    return this.#value(field) !== undefined;
  }

  /** Whether nothing was listed: the field is absent, or a list without elements. */
  listsNothing(field: string): boolean {
    const value = this.#value(field);
    return value === undefined || (Array.isArray(value) && value.length === 0);
  }

  string(field: string): string | undefined {
    const value = this.#value(field);
    if (value === undefined || typeof value === 'string') return value;
    return this.#wrong(field, 'a text', value);
  }

  /** Complains where the text is absent or empty. */
  requiredString(field: string): string | undefined {
    const value = this.string(field);
    if (value === '' || !this.has(field)) this.complain(field, 'is required');
    return value === '' ? undefined : value;
  }

  boolean(field: string): boolean | undefined {
    const value = this.#value(field);
    if (value === undefined) return undefined;
    return this.#scalars.boolean(value) ?? this.#wrong(field, 'true or false', value);
  }

  /** A whole number within `bounds`, both ends included. */
  integer(field: string, { min, max }: NumberBounds): number | undefined {
    const value = this.#value(field);
    if (value === undefined) return undefined;
    const number = this.#scalars.integer(value);
    if (number === undefined) return this.#wrong(field, 'a whole number', value);
    if (number >= min && number <= max) return number;
    return this.#wrong(field, `from ${min} to ${max}`, value);
  }

  object(field: string): ObjectReader | null {
    const value = this.#value(field);
    return value === undefined ? null : ObjectReader.of(value, this.at(field), this.#issues, this.#scalars);
  }

  /** The texts of a list; elements that are no texts are reported and left out. */
  strings(field: string): readonly Item<string>[] {
    return this.#items(field, (value, path) => {
      if (typeof value === 'string') return value;
      this.#issues.push({ path, message: `must be a text, not ${shownValue(value)}` });
      return null;
    });
  }

  objects(field: string): readonly ObjectReader[] {
    return this.#items(field, (value, path) => ObjectReader.of(value, path, this.#issues, this.#scalars)).map(
      ({ value }) => value,
    );
  }

  /** The entries of a map from text to text. */
  stringMap(field: string): readonly (Item<string> & { readonly key: string })[] {
    const value = this.#value(field);
    if (value === undefined) return [];
    if (!isObject(value)) {
      this.#wrong(field, 'an object', value);
      return [];
    }
    return Object.entries(value).flatMap(([key, value]) => {
      const path = fieldPath(this.at(field), key);
      if (typeof value === 'string') return [{ key, value, path }];
      this.#issues.push({ path, message: `must be a text, not ${shownValue(value)}` });
      return [];
    });
  }

  /** Names that may stand here and mean nothing to us. */
  ignore(...fields: readonly string[]): void {
    for (const field of fields) this.#asked.add(field);
  }

  /** Reports what nobody asked for; `hints` knows what became of a name that meant something once. */
  end(hints: ReadonlyMap<string, string> = NO_HINTS): void {
    for (const field of Object.keys(this.#fields)) {
      if (this.#asked.has(field)) continue;
      const hint = hints.get(field) ?? this.#didYouMean(field);
      this.complain(field, hint === null ? 'is not a known field' : `is not a known field: ${hint}`);
    }
  }

  #didYouMean(field: string): string | null {
    const meant = closest(field, this.#asked);
    return meant === null ? null : `did you mean ${shownText(meant)}?`;
  }

  /** The own field, never what an object inherits; null is absent. */
  #value(field: string): unknown {
    this.#asked.add(field);
    return Object.hasOwn(this.#fields, field) ? (this.#fields[field] ?? undefined) : undefined;
  }

  #wrong(field: string, wanted: string, value: unknown): undefined {
    this.complain(field, `must be ${wanted}, not ${shownValue(value)}`);
    return undefined;
  }

  #items<T>(field: string, read: (value: unknown, path: string) => T | null): readonly Item<T>[] {
    const value = this.#value(field);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.#wrong(field, 'a list', value);
      return [];
    }
    const list: readonly unknown[] = value;
    return list.flatMap((element, index) => {
      const path = itemPath(this.at(field), index);
      const read_ = read(element, path);
      return read_ === null ? [] : [{ path, value: read_ }];
    });
  }
}

const NO_HINTS: ReadonlyMap<string, string> = new Map();
