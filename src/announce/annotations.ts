/**
 * What Berth's annotations on MetalLB's objects say. One that cannot be read is warned about and taken as absent: the
 * object does without it what it says in its own fields.
 */
import { fieldsOf, type Raw } from '../cluster/fields.ts';
import { fieldPath, shownText } from '../config/issue.ts';
import type { NumberBounds } from '../config/reader.ts';
import { type Fault, warning } from './complaint.ts';

const PREFIX = 'berth.dev/';

export class AnnotationReader {
  readonly warnings: Fault[] = [];
  readonly #annotations: Raw;

  constructor(raw: unknown) {
    this.#annotations = fieldsOf(fieldsOf(fieldsOf(raw)['metadata'])['annotations']);
  }

  /** A whole number in plain decimals. */
  integer(name: string, { min, max }: NumberBounds): number | null {
    const text = this.#text(name);
    if (text === null) return null;
    const value = /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    return this.#wrong(name, text, `a whole number from ${min} to ${max}`);
  }

  choice<T extends string>(name: string, values: readonly T[]): T | null {
    const text = this.#text(name);
    if (text === null) return null;
    const value = values.find((one) => one === text);
    return value ?? this.#wrong(name, text, values.map((one) => JSON.stringify(one)).join(' or '));
  }

  isTrue(name: string): boolean {
    return this.choice(name, ['true', 'false']) === 'true';
  }

  warn(name: string, message: string): void {
    this.warnings.push(warning(fieldPath('metadata.annotations', PREFIX + name), message));
  }

  #text(name: string): string | null {
    const value = this.#annotations[PREFIX + name];
    return typeof value === 'string' ? value : null;
  }

  #wrong(name: string, text: string, wanted: string): null {
    this.warn(name, `must be ${wanted}, not ${shownText(text)}; until then it is as if it were not there`);
    return null;
  }
}
