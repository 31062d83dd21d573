/** A connection to the live cluster for as long as one command runs. */
import { err, type Result } from '../../base/result.ts';
import { findRestConfig } from '../../kube/auth/find-rest-config.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { KubeClient } from '../../kube/http/client.ts';
import type { ApiStreamer } from '../../kube/http/stream.ts';
import type { CliContext } from '../framework/context.ts';
import { showProgress } from '../framework/progress.ts';
import { missingProgramNamespace, type ProgramNamespaces } from './named-namespace.ts';

export type ClusterConnection = {
  readonly sender: ApiSender & ApiStreamer;
  /** `the cluster at https://10.0.0.1:6443`. */
  readonly description: string;
  /** The namespace of the context; null if it names none. */
  readonly namespace: string | null;
  /** Sets the text that is shown while the command waits. */
  readonly progress: (text: string) => void;
  /** Stops showing progress: what is printed from here on is the result. */
  readonly endProgress: () => void;
};

export type ConnectionFlags = { readonly kubeconfig: string; readonly context: string } & ProgramNamespaces;

/** Runs `use` with a connection, and closes it afterwards. The error is a sentence. */
export async function withConnection<T>(
  context: Pick<CliContext, 'environment' | 'home' | 'clock' | 'version' | 'stderr'>,
  flags: ConnectionFlags,
  use: (connection: ClusterConnection) => Promise<Result<T, string>>,
): Promise<Result<T, string>> {
  const { environment, home, clock, version } = context;
  const target = await findRestConfig({ ...flags, environment, home, clock });
  if (!target.ok) return err(target.error);
  const client = new KubeClient({ config: target.value, clock, userAgent: `berth/${version} (cli)` });
  let progressText = 'reading the cluster';
  const endProgress = showProgress(context, () => progressText);
  try {
    const missing = await missingProgramNamespace(client, flags);
    if (missing !== null) return err(missing);
    return await use({
      sender: client,
      description: `the cluster at ${target.value.server.origin}`,
      namespace: target.value.namespace,
      progress: (text) => {
        progressText = text;
      },
      endProgress,
    });
  } finally {
    endProgress();
    client.close();
  }
}
