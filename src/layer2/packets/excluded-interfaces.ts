/**
 * Interfaces that layer 2 leaves alone: MetalLB's list of regular expressions. They are RE2's, unanchored; what RE2 writes
 * otherwise than JavaScript is rewritten, and what RE2 does not have is refused.
 */
import { ownValue } from '../../base/own-value.ts';
import { err, ok, type Result } from '../../base/result.ts';

/** The list of MetalLB's manifests: interfaces of containers, of tunnels and of the machine itself. */
export const DEFAULT_EXCLUDED_INTERFACES: readonly string[] = [
  '^docker.*',
  '^cbr.*',
  '^dummy.*',
  '^virbr.*',
  '^lxcbr.*',
  '^veth.*',
  '^lo$',
  '^cali.*',
  '^tunl.*',
  '^flannel.*',
  '^kube-ipvs.*',
  '^cni.*',
  '^nodelocaldns.*',
  '^lxc.*',
];

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t-\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** Longest pattern, in characters. */
const PATTERN_CHARS_MAX = 1000;

/** The pattern as JavaScript writes it. The error is the predicate of a sentence about it. */
export function compilePattern(pattern: string): Result<RegExp, string> {
  if (pattern.length > PATTERN_CHARS_MAX) return err(`has more than ${PATTERN_CHARS_MAX} characters`);
  if (/\(\?(?:=|!|<=|<!)/.test(pattern)) return err('looks ahead or behind, which RE2 cannot');
  if (/(?<!\\)(?:\\\\)*\\[1-9k]/.test(pattern)) return err('refers back to a group, which RE2 cannot');
  const [, flags = '', rest = ''] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(pattern) ?? [];
  const source = rest
    .replaceAll('(?P<', '(?<')
    .replace(/\\Q(.*?)(?:\\E|$)/gs, (_, text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\[:(\w+):\]/g, (whole, name: string) => ownValue(CLASSES, name) ?? whole);
  try {
    return ok(new RegExp(source, [...new Set(flags)].join('')));
  } catch {
    return err('is no regular expression of RE2');
  }
}

/** Whether one of the patterns matches part of a name. Patterns that cannot be read match nothing: they were refused before. */
export function interfaceExclusion(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.flatMap((pattern) => {
    const compiled = compilePattern(pattern);
    return compiled.ok ? [compiled.value] : [];
  });
  return (name) => expressions.some((expression) => expression.test(name));
}
