/**
 * Prometheus' discovery of Pods, which the package of Debian is built without: Pods are listed with the rights of Prometheus' own account,
 * and a file has them as targets, with the labels that the discovery would give them.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../../support/cluster/cluster.ts';

type Port = { readonly name?: string; readonly containerPort: number };
type Container = { readonly name: string; readonly ports?: readonly Port[] };
type Pod = {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Container[] };
  readonly status: { readonly phase?: string; readonly podIP?: string };
};

const INTERVAL_MS = 2_000;

export type PodTargetsOptions = {
  readonly namespace: string;
  /** As Kubernetes calls the user of Prometheus' account. */
  readonly user: string;
  readonly file: string;
};

/** How the discovery calls a label of a Pod. */
export const podLabel = (name: string): string =>
  `__meta_kubernetes_pod_label_${name.replaceAll(/\W/g, '_')}`;

/** Writes the file from now on, until the returned function is called. */
export function followPods(
  cluster: Cluster,
  { namespace, user, file }: PodTargetsOptions,
): () => Promise<void> {
  let isStopped = false;
  const follow = async (): Promise<void> => {
    while (!isStopped) {
      const { code, stdout } = await cluster.kubectl([
        ...['get', 'pods', '-n', namespace, '-o', 'json', '--as', user],
      ]);
      // Without an API server, the last targets stay, as they do in Prometheus.
      if (code === 0) write(file, targetsOf(JSON.parse(stdout).items, namespace));
      await sleep(INTERVAL_MS);
    }
  };
  const ended = follow();
  return () => {
    isStopped = true;
    return ended;
  };
}

function write(file: string, targets: readonly object[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(targets));
  renameSync(`${file}.new`, file);
}

/** One for each port of a container, as the role `pod` has them. */
const targetsOf = (pods: readonly Pod[], namespace: string): readonly object[] =>
  pods.flatMap(({ metadata: { name: pod, labels = {} }, spec, status: { phase = '', podIP } }) =>
    podIP === undefined
      ? []
      : spec.containers.flatMap(({ name: container, ports = [] }) =>
          ports.map(({ name: port = '', containerPort }) => ({
            targets: [`${podIP}:${containerPort}`],
            labels: {
              ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [podLabel(key), value])),
              __meta_kubernetes_namespace: namespace,
              __meta_kubernetes_pod_name: pod,
              __meta_kubernetes_pod_phase: phase,
              __meta_kubernetes_pod_container_name: container,
              __meta_kubernetes_pod_container_port_name: port,
            },
          })),
        ),
  );
