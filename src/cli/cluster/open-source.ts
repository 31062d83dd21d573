/** Opens what a command was told to look at: files where some are named, else the live cluster. */
import { err, type Result } from '../../base/result.ts';
import { readManifests } from '../files/read-files.ts';
import type { CliContext } from '../framework/context.ts';
import { showProgress } from '../framework/progress.ts';
import type { ClusterSource } from './cluster-source.ts';
import { withConnection } from './connection.ts';
import { FileCluster } from './file-cluster.ts';
import { LiveCluster } from './live-cluster.ts';
import type { DefaultNamespaces } from './resource-ref.ts';

export type ClusterStateFlags = {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly 'pool-namespace': string;
};

export type OpenedSource = { readonly source: ClusterSource; readonly defaultNamespaces: DefaultNamespaces };

/** `files` is empty for the live cluster. Errors are sentences. */
export async function withSource<T>(
  context: CliContext,
  flags: ClusterStateFlags,
  files: readonly string[],
  use: (opened: OpenedSource) => Promise<Result<T, readonly string[]>>,
): Promise<Result<T, readonly string[]>> {
  if (files.length > 0) {
    const defaultNamespaces = { services: flags.namespace || 'default', pools: flags['pool-namespace'] };
    const read = await readManifests(files, context.stdin);
    if (!read.ok) return read;
    const description = files.map((file) => (file === '-' ? 'standard input' : file)).join(', ');
    return use({
      source: new FileCluster(read.value, {
        describe: description,
        homes: defaultNamespaces,
        wall: context.clock.wall(),
      }),
      defaultNamespaces,
    });
  }
  let progressText = 'reading the cluster';
  const stopProgress = showProgress(context, () => progressText);
  try {
    const result = await withConnection(context, flags, async ({ sender, description, namespace }) => {
      const defaultNamespaces = {
        services: flags.namespace || namespace || 'default',
        pools: flags['pool-namespace'],
      };
      const progress = (text: string): void => {
        progressText = text;
      };
      const source = new LiveCluster({ sender, description, defaultNamespaces, progress });
      return { ok: true, value: await use({ source, defaultNamespaces }) };
    });
    return result.ok ? result.value : err([result.error]);
  } finally {
    stopProgress();
  }
}
