/** The logs of the Pods of Berth, as far as they may be read. */
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { compareText, plural } from '../../base/text.ts';
import { type ApiSender, describeOutcome } from '../../kube/http/api-request.ts';
import { collectionPath, PODS, withQuery } from '../../kube/resource.ts';
import { nameOf, specOf, statusOf } from '../../objects/metadata.ts';
import type { BundleEntry, Omissions } from './bundle.ts';

/** Of all Pods: those that are not ready come first. */
export const LOG_PODS_MAX = 20;

/** Of one log. */
export const LOG_BYTES_MAX = 400_000;

const REQUEST_TIMEOUT = 15_000;

export type ReportedLogs = {
  readonly sender: ApiSender;
  readonly namespace: string;
  readonly pods: readonly Raw[];
  /** Of each log; with 0 none is read. */
  readonly lines: number;
};

export async function readLogs({
  sender,
  namespace,
  pods,
  lines,
}: ReportedLogs): Promise<{ readonly entries: readonly BundleEntry[]; readonly omissions: Omissions }> {
  if (lines === 0) return { entries: [], omissions: ['logs are left out: --log-lines 0'] };
  const chosen = [...pods].sort(byNeed).slice(0, LOG_PODS_MAX);
  const omissions: string[] = [];
  if (chosen.length < pods.length)
    omissions.push(`the logs of ${plural(pods.length - chosen.length, 'Pod')} more are left out`);
  const entries: BundleEntry[] = [];
  for (const pod of chosen) {
    for (const log of logsOf(pod)) {
      const path = withQuery(`${collectionPath(PODS, namespace)}/${encodeURIComponent(nameOf(pod))}/log`, {
        container: log.container,
        previous: log.isPrevious ? 'true' : null,
        tailLines: String(lines),
        limitBytes: String(LOG_BYTES_MAX),
        timestamps: 'true',
      });
      const outcome = await sender.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT, isText: true });
      const previous = log.isPrevious ? '.previous' : '';
      const name = `logs/${toFileName(`${nameOf(pod)}.${log.container}`)}${previous}.log`;
      if (outcome.kind === 'ok') entries.push({ name, text: String(outcome.body ?? ''), keeps: 'end' });
      else omissions.push(`${name} cannot be read: ${describeOutcome(outcome)}`);
    }
  }
  return { entries, omissions };
}

/** Names of Pods and containers need no more characters; whoever unpacks the bundle gets no other path. */
const toFileName = (text: string): string => text.replace(/[^a-zA-Z0-9.-]/g, '_');

/** Each container, and its run before the last restart. */
function logsOf(pod: Raw): readonly { readonly container: string; readonly isPrevious: boolean }[] {
  const restarted = new Set(
    listOf(statusOf(pod)['containerStatuses'])
      .map(fieldsOf)
      .filter(({ restartCount }) => typeof restartCount === 'number' && restartCount > 0)
      .map(({ name }) => textOf(name)),
  );
  return listOf(specOf(pod)['containers'])
    .map((container) => textOf(fieldsOf(container)['name']))
    .flatMap((container) => [
      { container, isPrevious: false },
      ...(restarted.has(container) ? [{ container, isPrevious: true }] : []),
    ]);
}

/** Pods that are not ready, then those of the controller, of which there are few; then by name. */
function byNeed(a: Raw, b: Raw): number {
  const rank = (pod: Raw): number =>
    isReady(pod) ? (listOf(fieldsOf(pod['metadata'])['ownerReferences']).some(isDaemonSet) ? 2 : 1) : 0;
  return rank(a) - rank(b) || compareText(nameOf(a), nameOf(b));
}

const isDaemonSet = (owner: unknown): boolean => fieldsOf(owner)['kind'] === 'DaemonSet';

const isReady = (pod: Raw): boolean =>
  listOf(statusOf(pod)['conditions'])
    .map(fieldsOf)
    .some(({ type, status }) => type === 'Ready' && status === 'True');
