/** What all Services have at the moment, and what is worth a line when it changes. */
import { compareText, plural } from '../base/text.ts';
import type { Row } from './row.ts';
import { noteText, printable } from './table.ts';

export class Board {
  readonly #rows = new Map<string, Row>();
  /** What was last said of a Service. */
  readonly #said = new Map<string, string>();

  /** By namespace and name. */
  rows(): readonly Row[] {
    return [...this.#rows.values()].sort((a, b) => compareText(a.key, b.key));
  }

  get size(): number {
    return this.#rows.size;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  /** Whether every Service that somebody here answers for has been looked at. */
  get judged(): boolean {
    return [...this.#rows.values()].every(({ standing }) => standing !== 'new');
  }

  /** A line for what is new to whoever watches; null where nothing is: a Service that nobody has looked at yet. */
  put(row: Row): string | null {
    this.#rows.set(row.key, row);
    if (row.standing === 'new' && !this.#said.has(row.key)) return null;
    const says = outcomeOf(row);
    if (this.#said.get(row.key) === says) return null;
    this.#said.set(row.key, says);
    return `${row.key}  ${says}`;
  }

  /** A line for a Service that is gone; null where it was never spoken of. */
  remove(key: string): string | null {
    const gone = this.#rows.get(key);
    this.#rows.delete(key);
    if (!this.#said.delete(key)) return null;
    const freed = gone === undefined ? '' : gone.addresses.join(' and ');
    return printable(`${key}  is gone${freed === '' ? '' : `, and gave back ${freed}`}`);
  }

  /** The keys of those that should have an address and have none. */
  lacking(): readonly string[] {
    return this.rows()
      .filter(({ expected, standing }) => expected && standing !== 'served')
      .map(({ key }) => key);
  }
}

function outcomeOf(row: Row): string {
  const note = noteText(row);
  if (row.standing !== 'served') return printable(`has no address: ${note}`);
  const from = row.pool === null ? '' : ` from pool ${row.pool}`;
  return printable(`has ${row.addresses.join(' and ')}${from}${note === '' ? '' : ` (${note})`}`);
}

/** Named at most. */
const LACKING_SHOWN_MAX = 5;

/** A table with something in it, in one sentence. */
export function summary(rows: readonly Row[], lacking: readonly string[]): string {
  const expected = rows.filter((row) => row.expected).length;
  const meant = rows.filter((row) => !row.expected && row.standing !== 'served').length;
  const meantToWait = meant === 0 ? '' : `; ${meant} ${meant === 1 ? 'is' : 'are'} meant to have none`;
  if (lacking.length === 0) return `Every Service that should have an address has one${meantToWait}.`;
  const names = lacking.slice(0, LACKING_SHOWN_MAX).join(', ');
  const more = lacking.length > LACKING_SHOWN_MAX ? ` and ${lacking.length - LACKING_SHOWN_MAX} more` : '';
  const waiting = `${plural(lacking.length, 'Service')} of ${expected} that should have an address ${lacking.length === 1 ? 'has' : 'have'} none`;
  return `${waiting}: ${names}${more}${meantToWait}.`;
}
