/**
 * Which API server is meant: the kubeconfig that was named, else the cluster that we run in, else the kubeconfig
 * in its usual place. The same for every command.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { err, type Result } from '../../base/result.ts';
import { inClusterConfig, type RestConfig, SERVICE_ACCOUNT_DIR } from './rest-config.ts';

export type RestConfigSources = {
  /** `--kubeconfig` or `KUBECONFIG`: one file, or several with the system's separator; '' where nobody named any. */
  readonly kubeconfig: string;
  /** '' is the current context. */
  readonly context: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** '' where there is none. */
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
    // For runs outside a Pod that should take a Pod's way.
    const serviceAccountDir = environment['BERTH_SERVICE_ACCOUNT_DIR'] ?? SERVICE_ACCOUNT_DIR;
    return inClusterConfig({ serviceAccountDir, host, port }, clock);
  }
  const defaultPath = home === '' ? '' : join(home, '.kube', 'config');
  if (defaultPath !== '' && existsSync(defaultPath)) return loadKubeconfig([defaultPath], sources);
  return err(
    'no cluster to talk to: give --kubeconfig FILE, set KUBECONFIG, or run in a Pod with a service account',
  );
}

/** Only who comes from outside pays for the package that reads kubeconfigs. */
async function loadKubeconfig(
  paths: readonly string[],
  { context, clock }: RestConfigSources,
): Promise<Result<RestConfig, string>> {
  const { restConfigFromKubeconfig: kubeconfigTarget } = await import('./kubeconfig.ts');
  return kubeconfigTarget({ paths, clock, ...(context === '' ? {} : { context }) });
}
