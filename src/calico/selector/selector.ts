/**
 * Parses and matches Calico's selectors, such as `has(role) && zone in {"a", "b"}` (libcalico-go, `lib/selector/parser`).
 * They differ from Kubernetes' label selectors: a missing label equals no value, so `!=` and `not in` match it.
 */
import { ownValue } from '../../base/own-value.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Labels } from '../../objects/selector.ts';
import { type SelectorError, type Sign, type Token, tokenize } from './tokenizer.ts';

export type { SelectorError } from './tokenizer.ts';

export type Selector =
  | { readonly kind: 'all' }
  /** For network policy; it matches no node. */
  | { readonly kind: 'global' }
  | { readonly kind: 'has'; readonly label: string }
  | { readonly kind: 'compares'; readonly label: string; readonly by: Comparison; readonly text: string }
  | { readonly kind: 'in'; readonly label: string; readonly texts: readonly string[]; readonly not: boolean }
  | { readonly kind: 'not'; readonly of: Selector }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Selector[] };

type Comparison = '==' | '!=' | 'contains' | 'starts with' | 'ends with';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', 'contains', 'starts with', 'ends with']);

/** Maximum depth of brackets, since each level uses the stack. */
const DEPTH_MAX = 100;

/** Parses a selector; an empty text selects everything. */
export function parseSelector(text: string): Result<Selector, SelectorError> {
  const tokens = tokenize(text);
  if (!tokens.ok) return tokens;
  if (tokens.value[0]?.kind === 'end') return ok({ kind: 'all' });
  return new Parser(tokens.value).parse();
}

export function matches(selector: Selector, labels: Labels): boolean {
  switch (selector.kind) {
    case 'all':
      return true;
    case 'global':
      return false;
    case 'has':
      return Object.hasOwn(labels, selector.label);
    case 'compares':
      return compares(selector.by, labelOf(labels, selector.label), selector.text);
    case 'in': {
      const value = labelOf(labels, selector.label);
      return (value !== null && selector.texts.includes(value)) !== selector.not;
    }
    case 'not':
      return !matches(selector.of, labels);
    case 'and':
      return selector.of.every((one) => matches(one, labels));
    case 'or':
      return selector.of.some((one) => matches(one, labels));
  }
}

const labelOf = (labels: Labels, label: string): string | null => ownValue(labels, label) ?? null;

function compares(by: Comparison, value: string | null, text: string): boolean {
  if (value === null) return by === '!=';
  switch (by) {
    case '==':
      return value === text;
    case '!=':
      return value !== text;
    case 'contains':
      return value.includes(text);
    case 'starts with':
      return value.startsWith(text);
    case 'ends with':
      return value.endsWith(text);
  }
}

/** A recursive-descent parser, by precedence of the operators: `||`, `&&`, `!`. */
class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Result<Selector, SelectorError> {
    const selector = this.#parseBinary('or', '||', () =>
      this.#parseBinary('and', '&&', () => this.#parseTerm()),
    );
    if (!selector.ok) return selector;
    return this.#current.kind === 'end' ? selector : this.#fail('expected && or || or the end');
  }

  get #current(): Token {
    return this.#tokens[this.#position] ?? { kind: 'end', text: '', column: 1 };
  }

  #accept(sign: Sign): boolean {
    const { kind, text } = this.#current;
    const isHere = kind === 'sign' && text === sign;
    if (isHere) this.#position++;
    return isHere;
  }

  #fail(message: string): Result<never, SelectorError> {
    return err({ message, column: this.#current.column });
  }

  #parseBinary(
    kind: 'and' | 'or',
    sign: Sign,
    read: () => Result<Selector, SelectorError>,
  ): Result<Selector, SelectorError> {
    const first = read();
    if (!first.ok) return first;
    const of = [first.value];
    while (this.#accept(sign)) {
      const next = read();
      if (!next.ok) return next;
      of.push(next.value);
    }
    return ok(of.length === 1 ? first.value : { kind, of });
  }

  #parseTerm(): Result<Selector, SelectorError> {
    if (++this.#depth > DEPTH_MAX) return this.#fail(`more than ${DEPTH_MAX} brackets within each other`);
    const term = this.#parsePrimary();
    this.#depth--;
    return term;
  }

  #parsePrimary(): Result<Selector, SelectorError> {
    if (this.#accept('!')) {
      const of = this.#parseTerm();
      return of.ok ? ok({ kind: 'not', of: of.value }) : of;
    }
    if (this.#accept('all()')) return ok({ kind: 'all' });
    if (this.#accept('global()')) return ok({ kind: 'global' });
    if (this.#accept('has(')) {
      const label = this.#parseLabel();
      if (!label.ok) return label;
      return this.#accept(')')
        ? ok({ kind: 'has', label: label.value })
        : this.#fail('expected ) after has(');
    }
    if (this.#accept('(')) {
      const within = this.#parseBinary('or', '||', () =>
        this.#parseBinary('and', '&&', () => this.#parseTerm()),
      );
      if (!within.ok) return within;
      return this.#accept(')') ? within : this.#fail('expected )');
    }
    return this.#parseComparison();
  }

  #parseComparison(): Result<Selector, SelectorError> {
    const label = this.#parseLabel();
    if (!label.ok) return label;
    const not = this.#accept('not in');
    if (not || this.#accept('in')) {
      const texts = this.#parseSet();
      return texts.ok ? ok({ kind: 'in', label: label.value, texts: texts.value, not }) : texts;
    }
    const sign = this.#current;
    if (sign.kind !== 'sign' || !COMPARISONS.has(sign.text)) {
      return this.#fail('expected ==, !=, in, not in, contains, starts with or ends with');
    }
    this.#position++;
    const text = this.#parseString();
    return text.ok
      ? ok({ kind: 'compares', label: label.value, by: sign.text as Comparison, text: text.value })
      : text;
  }

  #parseLabel(): Result<string, SelectorError> {
    const { kind, text } = this.#current;
    if (kind !== 'label') return this.#fail('expected the name of a label, has(), all() or (');
    this.#position++;
    return ok(text);
  }

  #parseSet(): Result<readonly string[], SelectorError> {
    if (!this.#accept('{')) return this.#fail('expected { and texts in quotes');
    const texts: string[] = [];
    while (!this.#accept('}')) {
      if (texts.length > 0 && !this.#accept(',')) return this.#fail('expected , or }');
      const text = this.#parseString();
      if (!text.ok) return text;
      texts.push(text.value);
    }
    return ok(texts);
  }

  #parseString(): Result<string, SelectorError> {
    const { kind, text } = this.#current;
    if (kind !== 'text') return this.#fail('expected a text in quotes');
    this.#position++;
    return ok(text);
  }
}

/** The labels in a selector, with the values that it compares them with. */
export function referencedLabels(
  selector: Selector,
): readonly { readonly label: string; readonly values: readonly string[] }[] {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return [];
    case 'has':
      return [{ label: selector.label, values: [] }];
    case 'compares':
      return [{ label: selector.label, values: selector.by === '==' ? [selector.text] : [] }];
    case 'in':
      return [{ label: selector.label, values: selector.not ? [] : selector.texts }];
    case 'not':
      return referencedLabels(selector.of);
    case 'and':
    case 'or':
      return selector.of.flatMap(referencedLabels);
  }
}
