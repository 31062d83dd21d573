/** A connection to the live cluster for as long as one command runs. */
import { err, type Result } from '../../base/result.ts';
import { findRestConfig } from '../../kube/auth/find-rest-config.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { KubeClient } from '../../kube/http/client.ts';
import type { CliContext } from '../framework/context.ts';

export type ClusterConnection = {
  readonly sender: ApiSender;
  /** `the cluster at https://10.0.0.1:6443`. */
  readonly description: string;
  /** The namespace of the context; null where it names none. */
  readonly namespace: string | null;
};

export type ConnectionFlags = { readonly kubeconfig: string; readonly context: string };

/** Runs `use` with a connection, and hangs up afterwards. The error is a sentence. */
export async function withConnection<T>(
  context: Pick<CliContext, 'environment' | 'home' | 'clock' | 'version'>,
  flags: ConnectionFlags,
  use: (connection: ClusterConnection) => Promise<Result<T, string>>,
): Promise<Result<T, string>> {
  const { environment, home, clock, version } = context;
  const target = await findRestConfig({ ...flags, environment, home, clock });
  if (!target.ok) return err(target.error);
  const client = new KubeClient({ config: target.value, clock, userAgent: `berth/${version} (cli)` });
  try {
    return await use({
      sender: client,
      description: `the cluster at ${target.value.server.origin}`,
      namespace: target.value.namespace,
    });
  } finally {
    client.close();
  }
}
