/** P44: objects that the API server rejects. */
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { type ClusterSnapshot, makeRef } from './snapshot.ts';

const P44: DiagnosticCheck = {
  code: 'P44',
  needs: [],
  question: 'whether the API server accepts every object',
  find: ({ converged: { cluster } }: ClusterSnapshot) =>
    cluster.rejected.map(({ object, reasons }): CheckResult => {
      const [kind = '', name = ''] = object.split('/');
      return {
        severity: 'error',
        object: makeRef(kind, name),
        field: reasons[0]?.split(' ')[0] ?? '',
        problem: `The API server rejects ${kind} ${name}, so it has no effect. ${listReasons(reasons)}`,
        remedy: 'Correct the object as its schema requires, and apply it again.',
        explains: ({ isLearnedNowhere, isListed }) =>
          isLearnedNowhere && (isListed ? kind !== 'BGPConfiguration' : kind === 'BGPConfiguration'),
      };
    }),
};

const REASONS_MAX = 3;

/** A sentence for each of the first reasons. */
const listReasons = (reasons: readonly string[]): string =>
  reasons
    .slice(0, REASONS_MAX)
    .map((reason) => `Reason: ${reason}.`)
    .join(' ');

export const REJECTED_OBJECT_CHECKS: readonly DiagnosticCheck[] = [P44];
