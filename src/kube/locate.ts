/** Which cluster we are to talk to: the one that was named, or the one we run in, or kubectl's. */
import type { Clock } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import { kubeconfigTarget } from './kubeconfig.ts';
import { kubeconfigPaths } from './kubeconfigfile.ts';
import { inClusterTarget, type KubeTarget, SERVICE_ACCOUNT_DIR } from './target.ts';

export type Whereabouts = {
  /** `KUBECONFIG`. */
  readonly kubeconfig?: string | undefined;
  /** `HOME`. */
  readonly home: string;
  /** Instead of the current context. */
  readonly context?: string | undefined;
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, which every container has. */
  readonly serviceHost?: string | undefined;
  readonly servicePort?: string | undefined;
  readonly serviceAccountDir?: string | undefined;
};

/** The error is a sentence. */
export function findTarget(where: Whereabouts, clock: Clock): Promise<Result<KubeTarget, string>> {
  const { kubeconfig, context, serviceHost } = where;
  if (!kubeconfig && !context && serviceHost) {
    return inClusterTarget(
      {
        serviceAccountDir: where.serviceAccountDir ?? SERVICE_ACCOUNT_DIR,
        host: serviceHost,
        port: where.servicePort ?? '443',
      },
      clock,
    );
  }
  const paths = kubeconfigPaths(kubeconfig, where.home);
  return kubeconfigTarget({ paths, clock, ...(context ? { context } : {}) });
}
