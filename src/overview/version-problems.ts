/** Versions that do not fit: Pods of Berth that run different ones, in an update that has not finished, and a cluster that is too old. */
import { groupBy } from '../base/list.ts';
import { compareText } from '../base/text.ts';
import { OLDEST_SERVER, type ServerVersion, tooOldSentence } from '../objects/server-version.ts';
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

/** `server` is null where it is not known. */
export function serverProblems(server: ServerVersion | null): readonly Problem[] {
  const says = server === null ? null : tooOldSentence(server);
  if (says === null) return [];
  return [
    {
      ...{ code: 'ClusterTooOld', severity: 'error', object: null, count: 1, command: null },
      says,
      fix: `Upgrade the cluster to Kubernetes ${OLDEST_SERVER.major}.${OLDEST_SERVER.minor} or newer.`,
    },
  ];
}
