/** What a printer of lines writes, as data instead of on a terminal: unwrapped, escaped, and with its styles. */
import { randomBytes } from 'node:crypto';
import { escapeControls } from '../base/printable.ts';
import type { StyledLine, StyledSection, StyledSpan, TextStyle } from '../base/styled-text.ts';
import type { TextFormat } from './terminal.ts';

/** Whoever shows the text wraps it. */
const UNWRAPPED = Number.POSITIVE_INFINITY;

/** An empty line separates sections. */
export function styledSections(print: (format: TextFormat) => readonly string[]): readonly StyledSection[] {
  // A random number marks styles, so that no text from outside can pass for one.
  const nonce = randomBytes(9).toString('hex');
  const marks = new RegExp(`\u001b${nonce}(\\w*);`);
  const lines = print({
    columns: UNWRAPPED,
    paint: (style, text) => (text === '' ? '' : `\u001b${nonce}${style};${text}\u001b${nonce};`),
  });
  const sections: StyledLine[][] = [[]];
  for (const line of lines) {
    if (line === '') sections.push([]);
    else sections.at(-1)?.push(spansOf(line.split(marks)));
  }
  return sections.filter((section) => section.length > 0);
}

/** Texts and styles in turns, as a split by the marks leaves them. */
function spansOf(parts: readonly string[]): StyledLine {
  const spans: StyledSpan[] = [];
  let style: TextStyle | null = null;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) style = STYLES.find((one) => one === part) ?? null;
    else if (part !== '') spans.push({ text: escapeControls(part), style });
  }
  return spans;
}

const STYLES: readonly TextStyle[] = ['bold', 'dim', 'red', 'green', 'yellow'];
