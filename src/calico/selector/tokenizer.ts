/** Tokenizer of Calico's selectors; each token has its column, counted from 1. */
import { err, ok, type Result } from '../../base/result.ts';

export type SelectorError = { readonly message: string; readonly column: number };

export type Token =
  | { readonly kind: 'label'; readonly text: string; readonly column: number }
  | { readonly kind: 'text'; readonly text: string; readonly column: number }
  | { readonly kind: 'sign'; readonly text: Sign; readonly column: number }
  | { readonly kind: 'end'; readonly text: ''; readonly column: number };

export type Sign = (typeof SIGNS)[number];

/** Longer ones first, since the first match counts. */
const SIGNS = [
  ...(['starts with', 'ends with', 'contains', 'not in', 'in'] as const),
  ...(['has(', 'all()', 'global()'] as const),
  ...(['==', '!=', '&&', '||', '!', '(', ')', '{', '}', ','] as const),
] as const;

/** Operators that are words: with a letter after them they would be the beginning of a label. */
const isWord = (sign: Sign): boolean => /[a-z]$/.test(sign);

/** libcalico-go accepts `starts with` with any blanks in between, and `has (` likewise. */
const PATTERNS = SIGNS.map((sign) => ({
  sign,
  pattern: new RegExp(
    sign
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(' ', '\\s+')
      .replace(/^(has|all|global)\\\(/, '$1\\s*\\(')
      .replace(/\(\\\)$/, '(\\s*\\)')
      .concat(isWord(sign) ? '(?![-_./A-Za-z0-9])' : ''),
    'y',
  ),
}));

const LABEL = /[A-Za-z0-9_./-]+/y;
const QUOTED = /"([^"]*)"|'([^']*)'/y;

export function tokenize(text: string): Result<readonly Token[], SelectorError> {
  const tokens: Token[] = [];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    at += next(/\s*/y)?.[0].length ?? 0;
    const column = at + 1;
    if (at >= text.length) return ok([...tokens, { kind: 'end', text: '', column }]);
    const sign = PATTERNS.map(({ sign, pattern }) => ({ sign, match: next(pattern) })).find(
      ({ match }) => match,
    );
    const quoted = next(QUOTED);
    const label = next(LABEL);
    if (sign?.match) tokens.push({ kind: 'sign', text: sign.sign, column });
    else if (quoted) tokens.push({ kind: 'text', text: quoted[1] ?? quoted[2] ?? '', column });
    else if (label) tokens.push({ kind: 'label', text: label[0], column });
    else return err({ message: describeUnexpected(text[at] ?? ''), column });
    at += (sign?.match ?? quoted ?? label)?.[0].length ?? 1;
  }
}

function describeUnexpected(character: string): string {
  if (character === '"' || character === "'") return `the text that begins with ${character} does not end`;
  if (character === '=') return 'a comparison is written ==';
  if (character === '&' || character === '|') return `"and" is written &&, "or" is written ||`;
  return `${JSON.stringify(character)} means nothing here`;
}
