/**
 * The grammar of the part of CEL that is understood here: literals, `self`, `oldSelf`, fields, indexes, calls, methods
 * (with the macros `all` and `exists`), arithmetic, comparison, `in`, `&&`, `||`, `!`, `?:`.
 */

export type Node =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'field'; readonly of: Node; readonly name: string }
  | { readonly kind: 'index'; readonly of: Node; readonly at: Node }
  | { readonly kind: 'call'; readonly of: Node | null; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'unary'; readonly op: string; readonly of: Node }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Node; readonly right: Node }
  | { readonly kind: 'choice'; readonly when: Node; readonly then: Node; readonly otherwise: Node };

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)u?|([A-Za-z_]\w*)|(r?"(?:[^"\\]|\\.)*"|r?'(?:[^'\\]|\\.)*')|(&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]]))/y;

type Token = { readonly kind: 'number' | 'name' | 'text' | 'sign'; readonly text: string };

function tokens(text: string): readonly Token[] | null {
  const found: Token[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null) return null;
    const [, number, name, quoted, sign] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (quoted !== undefined) found.push({ kind: 'text', text: quoted });
    else if (name !== undefined) found.push({ kind: 'name', text: name });
    else found.push({ kind: 'sign', text: sign ?? '' });
  }
  return found;
}

/** The rule as a tree; null for text that this grammar does not hold. */
export function parseCel(text: string): Node | null {
  const all = tokens(text);
  return all === null ? null : new Parser(all).whole();
}

/** Loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  whole(): Node | null {
    const node = this.#choice();
    return this.#at === this.#tokens.length ? node : null;
  }

  #peek(): string {
    const token = this.#tokens[this.#at];
    return token === undefined || token.kind === 'text' || token.kind === 'number' ? '' : token.text;
  }

  #takes(sign: string): boolean {
    if (this.#peek() !== sign) return false;
    this.#at += 1;
    return true;
  }

  #choice(): Node | null {
    const when = this.#level(0);
    if (when === null || !this.#takes('?')) return when;
    const then = this.#choice();
    if (then === null || !this.#takes(':')) return null;
    const otherwise = this.#choice();
    return otherwise === null ? null : { kind: 'choice', when, then, otherwise };
  }

  #level(depth: number): Node | null {
    const signs = LEVELS[depth];
    if (signs === undefined) return this.#unary();
    let left = this.#level(depth + 1);
    while (left !== null && signs.includes(this.#peek())) {
      const op = this.#peek();
      this.#at += 1;
      const right = this.#level(depth + 1);
      left = right === null ? null : { kind: 'binary', op, left, right };
    }
    return left;
  }

  #unary(): Node | null {
    for (const op of ['!', '-']) {
      if (!this.#takes(op)) continue;
      const of = this.#unary();
      return of === null ? null : { kind: 'unary', op, of };
    }
    return this.#member();
  }

  #member(): Node | null {
    let node = this.#primary();
    while (node !== null) {
      if (this.#takes('.')) {
        const token = this.#tokens[this.#at];
        if (token?.kind !== 'name') return null;
        this.#at += 1;
        if (this.#takes('(')) {
          const args = this.#items(')');
          node = args === null ? null : { kind: 'call', of: node, name: token.text, args };
        } else node = { kind: 'field', of: node, name: token.text };
      } else if (this.#takes('[')) {
        const at = this.#choice();
        node = at === null || !this.#takes(']') ? null : { kind: 'index', of: node, at };
      } else return node;
    }
    return null;
  }

  #items(end: string): readonly Node[] | null {
    const items: Node[] = [];
    if (this.#takes(end)) return items;
    for (;;) {
      const item = this.#choice();
      if (item === null) return null;
      items.push(item);
      if (this.#takes(end)) return items;
      if (!this.#takes(',')) return null;
    }
  }

  #primary(): Node | null {
    const token = this.#tokens[this.#at];
    if (token === undefined) return null;
    this.#at += 1;
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'literal', value: unquote(token.text) };
    if (token.kind === 'sign') {
      if (token.text === '(') {
        const inner = this.#choice();
        return inner !== null && this.#takes(')') ? inner : null;
      }
      if (token.text !== '[') return null;
      const items = this.#items(']');
      return items === null ? null : { kind: 'list', items };
    }
    if (token.text === 'true' || token.text === 'false')
      return { kind: 'literal', value: token.text === 'true' };
    if (token.text === 'null') return { kind: 'literal', value: null };
    if (!this.#takes('(')) return { kind: 'name', name: token.text };
    const args = this.#items(')');
    return args === null ? null : { kind: 'call', of: null, name: token.text, args };
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquote(text: string): string {
  if (text.startsWith('r')) return text.slice(2, -1);
  return text.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}
