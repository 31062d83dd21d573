import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolsFolder } from '../../dev/parts/tools.mjs';
import { strict } from '../../dev/place.mjs';

/** The binaries that tests on a real API server need, or why such tests are skipped here. */
export type KubernetesBinaries =
  | {
      readonly isAvailable: true;
      /** Where all of them are. */
      readonly folder: string;
      readonly etcd: string;
      readonly apiServer: string;
      readonly kubectl: string;
      readonly kubeProxy: string;
      readonly scheduler: string;
      readonly controllerManager: string;
    }
  | { readonly isAvailable: false; readonly reason: string };

/**
 * Looks for the binaries; builds nothing. `BERTH_REAL_PARTS=none` stands for a machine that has none. With CI=true a
 * missing part throws, so that no run there can pass by skipping.
 */
export function findKubernetesBinaries(): KubernetesBinaries {
  if (process.env['BERTH_REAL_PARTS'] === 'none')
    return { isAvailable: false, reason: 'switched off by BERTH_REAL_PARTS=none' };
  const folder = toolsFolder();
  if (!existsSync(folder)) {
    const reason =
      'the Kubernetes binaries are not built; `node dev/setup.mjs` builds them where there is Go';
    if (strict) throw new Error(`CI=true, and ${reason}`);
    return { isAvailable: false, reason };
  }
  return {
    isAvailable: true,
    folder,
    etcd: join(folder, 'etcd'),
    apiServer: join(folder, 'kube-apiserver'),
    kubectl: join(folder, 'kubectl'),
    kubeProxy: join(folder, 'kube-proxy'),
    scheduler: join(folder, 'kube-scheduler'),
    controllerManager: join(folder, 'kube-controller-manager'),
  };
}

/** For the options of a `node:test` test or suite: false when it can run, else the reason for skipping it. */
export function skipWithoutKubernetesBinaries(): string | false {
  const parts = findKubernetesBinaries();
  return parts.isAvailable ? false : parts.reason;
}
