/**
 * Explains why a text is not an IP address, as the predicate of a sentence whose subject is the text. Called only for texts
 * that could not be parsed, so speed does not matter.
 */
import { quoted } from '../base/printable.ts';
import { plural } from '../base/text.ts';

/** Longest excerpt of the user's text in an error, in characters. */
const QUOTED_MAX = 40;

const quote = (text: string): string =>
  quoted(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text);

const NOT_AN_ADDRESS = 'is not an IP address';

/** Joins a quoted text and its `addressError` into one sentence. */
export const invalidAddressText = (quoted: string, reason: string): string =>
  reason === NOT_AN_ADDRESS ? `${quoted} ${reason}` : `${quoted} is not an IP address: it ${reason}`;

/** Where a template still has a variable: of a shell, Flux, Helm, kustomize, Ansible, Windows, or a word to be replaced. */
const PLACEHOLDER =
  /\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|\[\[.*\]\]|<%.*%>|<<.*>>|%[A-Z_]+%|<[A-Za-z][^>]*>|\$[A-Z_]{2,}|@[A-Z_]+@|__[A-Z_]+__|^(?:CHANGE|REPLACE|FILL)_?[A-Z_]*$/;

/** Null for a text without a variable. */
export const placeholderError = (text: string): string | null =>
  PLACEHOLDER.test(text) ? 'has a variable that was not filled in' : null;

export function addressError(text: string): string {
  const placeholder = placeholderError(text);
  if (placeholder !== null) return placeholder;
  if (text === '') return 'is empty';
  if (/\s/.test(text)) return 'has a blank in it';
  if (text.includes('/')) return 'is a prefix where a single address is needed';
  if (text.includes('%')) return 'has a zone id, which means something on one machine only';
  if (text.includes(':')) return ipv6Error(text);
  if (text.includes('-')) return 'is a range where a single address is needed';
  if (!/^[0-9a-fx.]+$/i.test(text) || !/[0-9]/.test(text)) return NOT_AN_ADDRESS;
  return ipv4Error(text);
}

function ipv4Error(text: string): string {
  const parts = text.split('.');
  for (const [index, part] of parts.entries()) {
    const where = `part ${index + 1}`;
    if (part === '') return `has nothing in ${where}`;
    if (!/^[0-9]+$/.test(part)) return `has ${quote(part)} in ${where}, which is not a decimal number`;
    if (part.length > 1 && part.startsWith('0')) return `has a leading zero in ${where}`;
    if (Number(part) > 255)
      return `has ${part.length > 3 ? 'a number' : part} in ${where}, which is above 255`;
  }
  return `has ${plural(parts.length, 'part')} where an IPv4 address has 4`;
}

function ipv6Error(text: string): string {
  if (text.includes(':::')) return 'has three colons in a row';
  if (text.indexOf('::') !== text.lastIndexOf('::')) return 'has "::" more than once';
  if (/^:[^:]/.test(text)) return 'begins with a single colon';
  if (/[^:]:$/.test(text)) return 'ends with a single colon';
  const groups = text.split(':').filter((group) => group !== '');
  const last = groups.at(-1) ?? '';
  const quad = last.includes('.');
  for (const [index, group] of groups.entries()) {
    if (quad && index === groups.length - 1) continue;
    const where = `group ${index + 1}`;
    if (!/^[0-9a-f]+$/i.test(group)) return `has ${quote(group)} in ${where}, which is not a hex number`;
    if (group.length > 4) return `has more than 4 hex digits in ${where}`;
  }
  const count = groups.length + (quad ? 1 : 0);
  if (text.includes('::') ? count >= 8 : count !== 8) {
    return text.includes('::')
      ? `has ${plural(count, 'group')} beside "::", where an IPv6 address has 8 in all`
      : `has ${plural(count, 'group')} where an IPv6 address has 8`;
  }
  return `ends in an IPv4 part that ${ipv4Error(last)}`;
}
