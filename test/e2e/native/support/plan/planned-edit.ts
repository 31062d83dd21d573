/** An edit of a running cluster, first planned by `berth plan` and then made by kubectl. */
import assert from 'node:assert/strict';
import { runPlan } from '../../../../../src/cli/plan/run.ts';
import type { AnnouncementChanges } from '../../../../../src/delivery/changes/announcement-changes.ts';
import { systemClock } from '../../../../../src/workqueue/system-clock.ts';
import { runCommand } from '../../../../cli/support/run-command.ts';
import { type AnyObject, NAMESPACE } from '../../../../controller/support/rig.ts';
import type { NativeCluster } from '../native-cluster.ts';

/** Manifests that are applied, or what is deleted: `ipaddresspool.metallb.io/main`, or with a namespace `service/default/web`. */
export type Edit = { readonly apply: readonly AnyObject[] } | { readonly remove: string };

export type Planned = {
  readonly code: number;
  readonly services: readonly {
    readonly service: string;
    readonly before: { readonly addresses: readonly string[] } | null;
    readonly later: { readonly addresses: readonly string[] } | null;
  }[];
  readonly notJudged?: readonly string[];
  readonly announcements: AnnouncementChanges;
};

const manifestOf = (apply: readonly AnyObject[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: apply });

/** What the command says of an edit, with these flags. */
export async function planned(
  { rig }: NativeCluster,
  edit: Edit,
  flags: readonly string[] = [],
): Promise<Planned> {
  const { kubeconfig } = rig.api;
  const what = 'apply' in edit ? ['-f', '-'] : ['--delete', edit.remove];
  const { out, err, code } = await runCommand(
    runPlan,
    [...what, '-o', 'json', '--kubeconfig', kubeconfig, '--pool-namespace', NAMESPACE, ...flags],
    { stdin: 'apply' in edit ? manifestOf(edit.apply) : '', clock: systemClock },
  );
  assert.notEqual(out, '', err);
  return { code, ...JSON.parse(out) };
}

export async function make({ rig }: NativeCluster, edit: Edit): Promise<void> {
  if ('apply' in edit) await rig.kubectl(['apply', '-f', '-'], manifestOf(edit.apply));
  else {
    const [kind = '', ...path] = edit.remove.split('/');
    const [namespace = NAMESPACE, name = ''] = path.length === 2 ? path : [NAMESPACE, ...path];
    await rig.kubectl(['delete', kind, name, '-n', namespace]);
  }
}

/** The speakers are processes here. In a cluster each has a Pod, without which a report counts as left behind. */
export async function createSpeakerPod({ rig }: NativeCluster, node: string): Promise<void> {
  const name = `berth-speaker-${node}`;
  const labels = { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { nodeName: node, containers: [{ name: 'speaker', image: 'berth', args: ['speaker'] }] },
  };
  await rig.kubectl(['create', '-f', '-'], JSON.stringify(pod));
  const status = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  const where = ['-n', NAMESPACE, '--subresource=status', '--type=merge'];
  await rig.kubectl(['patch', 'pod', name, ...where, '-p', JSON.stringify(status)]);
}
