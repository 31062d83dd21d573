/**
 * The commands that a page names, as somebody can paste them: with the flags that lead to the cluster that is shown. This is the one
 * place that makes them.
 */
import { shellQuote } from '../base/shell-quote.ts';

/** How commands reach the cluster that is shown. All texts are as a shell reads them. */
export type CommandStart = {
  /** `berth`, `kubectl berth`, `node /src/dist/berth.mjs`. */
  readonly program: string;
  /** By the name of a command, the flags that it takes; a command that cannot read this cluster is not among them. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** kubectl with the flags that lead to the same cluster. */
  readonly kubectl: string;
};

/**
 * `command` is as problems name it: `explain service web -n shop`. Flags that it has already are not repeated. Null where the command
 * cannot read what is shown.
 */
export function berthCommand(command: string, { program, flags }: CommandStart): string | null {
  const words = command.split(' ');
  const own = flags[words.slice(0, 2).join(' ')] ?? flags[words[0] ?? ''];
  if (own === undefined) return null;
  const missing = own.filter((flag) => !words.includes(flag.split(' ')[0] ?? ''));
  return [program, command, ...missing].join(' ');
}

/** Ends the edit inside of a command; it is no line of the edit. */
const ENDS = ['EOF', 'END_OF_EDIT', 'END_OF_BERTH_EDIT'] as const;

/** Empty for an empty edit, null as above. */
export function planCommand(text: string, deletions: readonly string[], start: CommandStart): string | null {
  const words = ['plan', ...deletions.map((one) => `--delete ${shellQuote(one)}`)];
  const isEmpty = text.trim() === '';
  if (isEmpty && deletions.length === 0) return '';
  const command = berthCommand([...words, ...(isEmpty ? [] : ['-f -'])].join(' '), start);
  return command === null || isEmpty ? command : `${command} ${hereDocument(text)}`;
}

export const applyCommand = (text: string, { kubectl }: CommandStart): string =>
  text.trim() === '' ? '' : `${kubectl} apply -f - ${hereDocument(text)}`;

function hereDocument(text: string): string {
  const lines = new Set(text.split('\n'));
  const end = ENDS.find((one) => !lines.has(one)) ?? `${ENDS.at(-1)}_${text.length}`;
  return `<<'${end}'\n${text.endsWith('\n') ? text : `${text}\n`}${end}\n`;
}
