/** All rows, by code. */

import { COMPONENTS } from './components.ts';
import { IMPOSSIBLE } from './impossible.ts';
import { LISTS } from './lists.ts';
import { NODES } from './nodes.ts';
import { RANGES } from './ranges.ts';
import { ROUTES } from './routes.ts';
import type { FindingRow } from './row.ts';
import { SESSION_ENDS } from './session-ends.ts';
import { SESSIONS } from './sessions.ts';
import { SLICES } from './slices.ts';

export const ROWS: readonly FindingRow[] = [
  ...COMPONENTS,
  ...IMPOSSIBLE,
  ...LISTS,
  ...NODES,
  ...RANGES,
  ...SESSIONS,
  ...SESSION_ENDS,
  ...SLICES,
  ...ROUTES,
].sort((a, b) => Number(a.code.slice(1)) - Number(b.code.slice(1)));
