/** The commands that do on a terminal what the Plan page shows: for a shell of POSIX. */

/** Ends the edit inside of the command; it is no line of the edit. */
const ENDS = ['EOF', 'END_OF_EDIT', 'END_OF_BERTH_EDIT'] as const;

/** Empty for an empty edit. */
export function planCommand(text: string, deletions: readonly string[]): string {
  const flags = deletions.map((one) => ` --delete ${quote(one)}`).join('');
  if (text.trim() === '') return flags === '' ? '' : `berth plan${flags}`;
  return `berth plan${flags} -f - ${hereDocument(text)}`;
}

export const applyCommand = (text: string): string =>
  text.trim() === '' ? '' : `kubectl apply -f - ${hereDocument(text)}`;

function hereDocument(text: string): string {
  const lines = new Set(text.split('\n'));
  const end = ENDS.find((one) => !lines.has(one)) ?? `${ENDS.at(-1)}_${text.length}`;
  return `<<'${end}'\n${text.endsWith('\n') ? text : `${text}\n`}${end}\n`;
}

const quote = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
