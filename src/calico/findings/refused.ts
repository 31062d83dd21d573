/** Objects that never come into being: P44. */
import { type Check, someOf } from './check.ts';
import type { Found } from './finding.ts';
import { refTo, type World } from './world.ts';

const P44: Check = {
  code: 'P44',
  needs: [],
  open: 'whether the API server takes every object',
  find: ({ picture: { cluster } }: World) =>
    cluster.refused.map(({ object, reasons }): Found => {
      const [kind = '', name = ''] = object.split('/');
      return {
        severity: 'error',
        object: refTo(kind, name),
        field: reasons[0]?.split(' ')[0] ?? '',
        says: `The API server refuses ${kind} ${name}, so nothing of it is in force: ${someOf(reasons)}.`,
        todo: 'Write it as the schema wants it, and apply it again.',
        hurts: ({ nowhere, listed }) =>
          nowhere && (listed ? kind !== 'BGPConfiguration' : kind === 'BGPConfiguration'),
      };
    }),
};

export const REFUSALS: readonly Check[] = [P44];
