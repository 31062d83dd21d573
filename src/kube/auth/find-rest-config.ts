/**
 * Finds the configuration of the API server: the kubeconfig that was named, else that of the cluster around this Pod,
 * else `~/.kube/config`. All commands look in this order.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { err, type Result } from '../../base/result.ts';
import { inClusterConfig, type RestConfig, SERVICE_ACCOUNT_DIR } from './rest-config.ts';

export type RestConfigSources = {
  /** `--kubeconfig` or `KUBECONFIG`: one file, or several with the system's path separator; '' where none is named. */
  readonly kubeconfig: string;
  /** '' selects the current context. */
  readonly context: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The home directory; '' where there is none. */
  readonly home: string;
  readonly clock: Clock;
};

/** The error is a sentence that says what to do. */
export async function findRestConfig(sources: RestConfigSources): Promise<Result<RestConfig, string>> {
  const { kubeconfig, environment, home, clock } = sources;
  const explicitPaths = kubeconfig.split(delimiter).filter((path) => path !== '');
  if (explicitPaths.length > 0) return loadKubeconfig(explicitPaths, sources);
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  if (host !== '') {
    const port = environment['KUBERNETES_SERVICE_PORT'] ?? '443';
    // For tests outside of a Pod that connect as a Pod does.
    const serviceAccountDir = environment['BERTH_SERVICE_ACCOUNT_DIR'] ?? SERVICE_ACCOUNT_DIR;
    return inClusterConfig({ serviceAccountDir, host, port }, clock);
  }
  const defaultPath = home === '' ? '' : join(home, '.kube', 'config');
  if (defaultPath !== '' && existsSync(defaultPath)) return loadKubeconfig([defaultPath], sources);
  return err(
    'no cluster is configured: give --kubeconfig FILE, set KUBECONFIG, or run in a Pod with a service account',
  );
}

/** Imported on demand: a Pod has no kubeconfig. */
async function loadKubeconfig(
  paths: readonly string[],
  { context, clock, environment }: RestConfigSources,
): Promise<Result<RestConfig, string>> {
  const { restConfigFromKubeconfig: kubeconfigTarget } = await import('./kubeconfig.ts');
  return kubeconfigTarget({ paths, clock, environment, ...(context === '' ? {} : { context }) });
}
