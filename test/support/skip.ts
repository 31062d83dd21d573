import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolsFolder } from '../../dev/parts/tools.mjs';
import { strict } from '../../dev/place.mjs';

/** The binaries that tests on a real API server need, or why such tests are skipped here. */
export type RealParts =
  | {
      readonly there: true;
      readonly etcd: string;
      readonly apiServer: string;
      readonly kubectl: string;
      readonly kubeProxy: string;
    }
  | { readonly there: false; readonly reason: string };

/**
 * Looks for the binaries; builds nothing. `BERTH_REAL_PARTS=none` stands for a machine that has none. With CI=true a
 * missing part throws, so that no run there can pass by skipping.
 */
export function realParts(): RealParts {
  if (process.env['BERTH_REAL_PARTS'] === 'none')
    return { there: false, reason: 'switched off by BERTH_REAL_PARTS=none' };
  const folder = toolsFolder();
  if (!existsSync(folder)) {
    const reason =
      'the Kubernetes binaries are not built; `node dev/setup.mjs` builds them where there is Go';
    if (strict) throw new Error(`CI=true, and ${reason}`);
    return { there: false, reason };
  }
  return {
    there: true,
    etcd: join(folder, 'etcd'),
    apiServer: join(folder, 'kube-apiserver'),
    kubectl: join(folder, 'kubectl'),
    kubeProxy: join(folder, 'kube-proxy'),
  };
}

/** For the options of a `node:test` test or suite: false when it can run, else the reason for skipping it. */
export function skipWithoutRealParts(): string | false {
  const parts = realParts();
  return parts.there ? false : parts.reason;
}
