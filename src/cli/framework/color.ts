/** Colour for people at a terminal, and for nobody else. */
import type { EnvironmentVariables } from '../../base/flags.ts';

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export type TextStyle = keyof typeof STYLES;

/** Gives a text its style, or leaves it as it is. Widths are to be counted before. */
export type Colorize = (style: TextStyle, text: string) => string;

export const noColor: Colorize = (_, text) => text;

const withColor: Colorize = (style, text) => (text === '' ? '' : `\u001b[${STYLES[style]}m${text}\u001b[0m`);

/** https://no-color.org: present and not empty. */
export function colorizerFor(
  stream: { readonly isTTY?: boolean },
  environment: EnvironmentVariables,
): Colorize {
  const isColorOff = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return stream.isTTY === true && !isColorOff ? withColor : noColor;
}
