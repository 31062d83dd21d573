/** Objects that never come into being: P44. */
import { abbreviateList, type DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { type ClusterSnapshot, makeRef } from './snapshot.ts';

const P44: DiagnosticCheck = {
  code: 'P44',
  needs: [],
  question: 'whether the API server takes every object',
  find: ({ converged: { cluster } }: ClusterSnapshot) =>
    cluster.rejected.map(({ object, reasons }): CheckResult => {
      const [kind = '', name = ''] = object.split('/');
      return {
        severity: 'error',
        object: makeRef(kind, name),
        field: reasons[0]?.split(' ')[0] ?? '',
        problem: `The API server refuses ${kind} ${name}, so nothing of it is in force: ${abbreviateList(reasons)}.`,
        remedy: 'Write it as the schema wants it, and apply it again.',
        explains: ({ isLearnedNowhere, isListed }) =>
          isLearnedNowhere && (isListed ? kind !== 'BGPConfiguration' : kind === 'BGPConfiguration'),
      };
    }),
};

export const REJECTED_OBJECT_CHECKS: readonly DiagnosticCheck[] = [P44];
