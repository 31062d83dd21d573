/** This file keeps the current row of every Service, and builds the line for each change. */
import { oneLine } from '../../base/printable.ts';
import { compareText, plural } from '../../base/text.ts';
import type { ServiceRow } from '../cluster/service-row.ts';
import { noteText } from './service-table.ts';

export class ServiceBoard {
  readonly #rows = new Map<string, ServiceRow>();
  /** The outcome that was printed last for each Service. */
  readonly #reported = new Map<string, string>();

  /** All rows, sorted by namespace and name. */
  rows(): readonly ServiceRow[] {
    return [...this.#rows.values()].sort((a, b) => compareText(a.key, b.key));
  }

  get size(): number {
    return this.#rows.size;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  /** Whether the controller has reconciled every Service of its own. */
  get isReconciled(): boolean {
    return [...this.#rows.values()].every(({ state }) => state !== 'unreconciled');
  }

  /**
   * Stores the row. The line for its change; null where the outcome is the same, or the Service is not reconciled yet.
   */
  put(row: ServiceRow): string | null {
    this.#rows.set(row.key, row);
    if (row.state === 'unreconciled' && !this.#reported.has(row.key)) return null;
    const outcome = outcomeOf(row);
    if (this.#reported.get(row.key) === outcome) return null;
    this.#reported.set(row.key, outcome);
    return `${row.key}  ${outcome}`;
  }

  /** The line for a deleted Service; null where no line was printed for it before. */
  remove(key: string): string | null {
    const removed = this.#rows.get(key);
    this.#rows.delete(key);
    if (!this.#reported.delete(key)) return null;
    const freed = removed === undefined ? '' : removed.addresses.join(' and ');
    return oneLine(`${key}  is gone${freed === '' ? '' : `, and gave back ${freed}`}`);
  }

  /** The keys of Services that should have an address and have none. */
  unassigned(): readonly string[] {
    return this.rows()
      .filter(({ shouldHaveAddress, state }) => shouldHaveAddress && state !== 'assigned')
      .map(({ key }) => key);
  }
}

function outcomeOf(row: ServiceRow): string {
  const note = noteText(row);
  if (row.state !== 'assigned') return oneLine(`has no address: ${note}`);
  const from = row.pool === null ? '' : ` from pool ${row.pool}`;
  return oneLine(`has ${row.addresses.join(' and ')}${from}${note === '' ? '' : ` (${note})`}`);
}

/** The largest number of Services named in the summary. */
const UNASSIGNED_SHOWN_MAX = 5;

/** The summary of a table that is not empty, as one sentence. */
export function summarize(rows: readonly ServiceRow[], unassigned: readonly string[]): string {
  const expected = rows.filter((row) => row.shouldHaveAddress).length;
  const waitingByDesign = rows.filter((row) => !row.shouldHaveAddress && row.state !== 'assigned').length;
  const waitingByDesignText =
    waitingByDesign === 0
      ? ''
      : `; ${waitingByDesign} ${waitingByDesign === 1 ? 'is' : 'are'} meant to have none`;
  if (unassigned.length === 0)
    return `Every Service that should have an address has one${waitingByDesignText}.`;
  const names = unassigned.slice(0, UNASSIGNED_SHOWN_MAX).join(', ');
  const more =
    unassigned.length > UNASSIGNED_SHOWN_MAX ? ` and ${unassigned.length - UNASSIGNED_SHOWN_MAX} more` : '';
  const unassignedText = `${plural(unassigned.length, 'Service')} of ${expected} that should have an address ${unassigned.length === 1 ? 'has' : 'have'} none`;
  return `${unassignedText}: ${names}${more}${waitingByDesignText}.`;
}
