/** What a cluster of real kubelets needs of this machine. */
import { containersFile, containersPath, missingForContainers } from '../../../dev/parts/containers.mjs';
import { strict } from '../../../dev/place.mjs';
import { findKubernetesBinaries } from '../kubernetes-binaries.ts';
import { findNetworkBinaries } from '../network-binaries.ts';
import { missingForCgroups } from './cgroups.ts';

export type ClusterParts =
  | {
      readonly isAvailable: true;
      /** Folders of containerd, runc and the Kubernetes programs, for PATH. */
      readonly programs: readonly string[];
      readonly cniPlugins: string;
      readonly busybox: string;
      readonly kubernetes: ReturnType<typeof findKubernetesBinaries> & { readonly isAvailable: true };
    }
  | { readonly isAvailable: false; readonly reason: string };

/** Looks for the parts, and provides nothing. With CI=true a missing part throws. */
export function findClusterParts(): ClusterParts {
  const network = findNetworkBinaries();
  if (!network.isAvailable) return network;
  const kubernetes = findKubernetesBinaries();
  if (!kubernetes.isAvailable) return kubernetes;
  const missing = missingForContainers() ?? missingForCgroups();
  if (missing !== null) {
    if (strict) throw new Error(`CI=true, and ${missing}`);
    return { isAvailable: false, reason: missing };
  }
  return {
    isAvailable: true,
    programs: [kubernetes.folder, ...containersPath()],
    cniPlugins: containersFile('usr/lib/cni'),
    busybox: containersFile('bin/busybox'),
    kubernetes,
  };
}

/** For the options of a `node:test` test or suite: false when it can run, else the reason for skipping it. */
export function skipWithoutCluster(): string | false {
  const parts = findClusterParts();
  return parts.isAvailable ? false : parts.reason;
}
