/** Colour for people at a terminal, and for nobody else. */
import type { Environment } from '../base/flags.ts';

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export type Style = keyof typeof STYLES;

/** Gives a text its style, or leaves it as it is. Widths are to be counted before. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;

const coloured: Paint = (style, text) => (text === '' ? '' : `\u001b[${STYLES[style]}m${text}\u001b[0m`);

/** https://no-color.org: present and not empty. */
export function paintFor(stream: { readonly isTTY?: boolean }, environment: Environment): Paint {
  const unwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return stream.isTTY === true && !unwanted ? coloured : plain;
}
