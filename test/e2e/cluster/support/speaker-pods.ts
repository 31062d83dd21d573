/** The Pods of Berth on a real cluster, what belongs to them, and a way for one of them to run out of memory. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../../support/cluster/cluster.ts';
import { eventually } from '../../../support/eventually.ts';
import { NAMESPACE } from './berth-cluster.ts';

type Component = 'speaker' | 'controller';

type ContainerState = {
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly finishedAt: string };
};

type PodItem = {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly restartCount: number;
      readonly lastState: ContainerState;
    }[];
  };
};

export type BerthPod = {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly restarts: number;
  readonly isReady: boolean;
  /** Why its container ended last, as the kubelet says; null if it never has. */
  readonly ended: string | null;
};

export async function podsOf(cluster: Cluster, component: Component): Promise<readonly BerthPod[]> {
  const selector = `app.kubernetes.io/component=${component}`;
  const text = await cluster.kubectlOk(['get', 'pods', '-n', NAMESPACE, '-l', selector, '-o', 'json']);
  const { items } = JSON.parse(text) as { readonly items: readonly PodItem[] };
  return items.map(({ metadata: { name, uid }, spec, status }) => {
    const container = status.containerStatuses?.[0];
    const terminated = container?.lastState.terminated;
    return {
      ...{ name, uid, node: spec.nodeName ?? '' },
      restarts: container?.restartCount ?? 0,
      isReady: container?.ready ?? false,
      ended: terminated === undefined ? null : `${terminated.reason} ${terminated.exitCode}`,
    };
  });
}

type OwnedItem = {
  readonly metadata: { readonly ownerReferences?: readonly { readonly uid: string }[] };
};

/** The UIDs that own ServiceBGPStatus objects. */
export async function ownersOfStatuses(cluster: Cluster): Promise<ReadonlySet<string>> {
  const text = await cluster.kubectlOk(['get', 'servicebgpstatuses', '-n', NAMESPACE, '-o', 'json']);
  const { items } = JSON.parse(text) as { readonly items: readonly OwnedItem[] };
  return new Set(items.flatMap(({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid)));
}

/** The kernel ends whoever has the highest score. */
const OOM_SCORE_MAX = 1000;
/** A group without a limit has that of the machine: it is not filled. */
const LIMIT_MAX_BYTES = 2 * 1024 ** 3;

/**
 * Fills the memory of a container's control group, so that the kernel ends its process. Returns what the kubelet says about that,
 * when the container runs again.
 */
export async function runOutOfMemory(
  cluster: Cluster,
  component: Component,
  nodeName: string,
): Promise<string> {
  const podOnNode = async () => {
    const pod = (await podsOf(cluster, component)).find(({ node }) => node === nodeName);
    assert.ok(pod, `there is no ${component} on ${nodeName}`);
    return pod;
  };
  const before = await podOnNode();
  const node = cluster.nodes.find(({ name }) => name === nodeName);
  assert.ok(node, `there is no node ${nodeName}`);
  const pid = (await node.run('pgrep', '--oldest', '--full', `berth.mjs ${component}`)).trim();
  const groups = await node.run('cat', `/proc/${pid}/cgroup`);
  const group = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1];
  assert.ok(group, `process ${pid} has no control group of memory: ${groups}`);
  const folder = `/sys/fs/cgroup/memory${group}`;
  const limit = Number(await node.run('cat', `${folder}/memory.limit_in_bytes`));
  assert.ok(limit <= LIMIT_MAX_BYTES, `${component} has no limit of memory: ${limit}`);
  const fill = [
    `echo ${OOM_SCORE_MAX} > /proc/${pid}/oom_score_adj`,
    `echo $$ > ${folder}/cgroup.procs`,
    'exec tail /dev/zero',
  ];
  await node.run('sh', '-c', fill.join(' && ')).catch(() => {}); // it is ended by the kernel, too
  return eventually(
    async () => {
      const { restarts, isReady, ended } = await podOnNode();
      assert.ok(restarts > before.restarts && isReady, `${component} on ${nodeName}: ${restarts} restarts`);
      return ended ?? 'nothing';
    },
    { interval: 500 },
  );
}
