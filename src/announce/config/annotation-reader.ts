/**
 * Reads Berth's annotations on MetalLB's objects. Invalid annotations are ignored, with a warning: the object applies
 * without them.
 */

import { fieldsOf, type Raw } from '../../base/json.ts';
import { quoted } from '../../base/printable.ts';
import { fieldPath, quoteText } from '../../config/issue.ts';
import type { NumberBounds } from '../../config/object-reader.ts';
import { type AnnounceIssue, warningIssue } from './object-issue.ts';

const ANNOTATION_PREFIX = 'berth.dev/';

export class AnnotationReader {
  readonly warnings: AnnounceIssue[] = [];
  readonly #annotations: Raw;

  constructor(raw: unknown) {
    this.#annotations = fieldsOf(fieldsOf(fieldsOf(raw)['metadata'])['annotations']);
  }

  /** A whole number in decimal notation; null where it is absent or invalid. */
  integer(name: string, { min, max }: NumberBounds): number | null {
    const text = this.#text(name);
    if (text === null) return null;
    const value = /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    return this.#warnInvalid(name, text, `a whole number from ${min} to ${max}`);
  }

  choice<T extends string>(name: string, values: readonly T[]): T | null {
    const text = this.#text(name);
    if (text === null) return null;
    const value = values.find((one) => one === text);
    return value ?? this.#warnInvalid(name, text, values.map((one) => quoted(one)).join(' or '));
  }

  isTrue(name: string): boolean {
    return this.choice(name, ['true', 'false']) === 'true';
  }

  addWarning(name: string, message: string): void {
    this.warnings.push(warningIssue(fieldPath('metadata.annotations', ANNOTATION_PREFIX + name), message));
  }

  #text(name: string): string | null {
    const value = this.#annotations[ANNOTATION_PREFIX + name];
    return typeof value === 'string' ? value : null;
  }

  #warnInvalid(name: string, text: string, expected: string): null {
    this.addWarning(name, `must be ${expected}, not ${quoteText(text)}; the annotation is ignored`);
    return null;
  }
}
