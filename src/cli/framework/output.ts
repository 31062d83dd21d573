/** A value for programs to read. */
import { stringify } from 'yaml';

export type OutputFormat = 'text' | 'json' | 'yaml';

/** With a line's end at its end. */
export const formatOutput = (value: unknown, format: 'json' | 'yaml'): string =>
  format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value, { lineWidth: 0 });
