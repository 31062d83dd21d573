/** Pods of Berth that run different versions: an update that has not finished, or half of one. */
import { groupBy } from '../base/list.ts';
import { compareText } from '../base/text.ts';
import type { Known } from './knowledge.ts';
import type { Problem } from './problem.ts';
import type { ProgramPod } from './program-pods.ts';

export function versionProblems(pods: Known<readonly ProgramPod[]>, namespace: string): readonly Problem[] {
  if (!pods.known) return [];
  const own = pods.value.filter(({ isMetallb }) => !isMetallb);
  const byVersion = groupBy(own, ({ version }) => version ?? 'no tag');
  if (byVersion.size < 2) return [];
  const sorted = [...byVersion].sort(([a, x], [b, y]) => x.length - y.length || compareText(a, b));
  const [rarest = []] = sorted.map(([, some]) => some);
  return [
    {
      ...{ code: 'VersionsDiffer', severity: 'warning', count: rarest.length, command: null },
      object: { kind: 'Pod', namespace, name: rarest[0]?.name ?? '' },
      says: `Pods of Berth run different versions: ${sorted.map(([version, some]) => `${version} (${some.length})`).join(', ')}.`,
      fix: 'Wait until the update has finished, or use one image for the controller and the speakers.',
    },
  ];
}
