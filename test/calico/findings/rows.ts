/** All rows, by code. */
import type { FindingRow } from './row.ts';
import { RANGES } from './rows-ranges.ts';
import { ROUTES } from './rows-routes.ts';
import { SESSIONS } from './rows-sessions.ts';

export const ROWS: readonly FindingRow[] = [...RANGES, ...SESSIONS, ...ROUTES].sort(
  (a, b) => Number(a.code.slice(1)) - Number(b.code.slice(1)),
);
