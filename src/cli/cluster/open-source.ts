/** Opens the cluster that a command reads: files if some are named, else the live cluster. */
import { err, ok, type Result } from '../../base/result.ts';
import type { CliContext } from '../framework/context.ts';
import { describeFiles, readClusterManifests } from '../framework/files.ts';
import { ClusterReading, type ClusterReadingOptions } from './cluster-reading.ts';
import type { ClusterSource } from './cluster-source.ts';
import { type ConnectionFlags, withConnection } from './connection.ts';
import { FileCluster } from './file-cluster.ts';
import { LiveCluster } from './live-cluster.ts';
import { manifestOptions } from './manifest-options.ts';
import { withOldConfiguration } from './old-configmap.ts';
import { type DefaultNamespaces, defaultNamespacesOf } from './resource-ref.ts';

export type ClusterStateFlags = ConnectionFlags & {
  readonly namespace: string;
  readonly 'pool-namespace': string;
  /** Of files: whether subfolders are read, too. */
  readonly recursive: boolean;
};

export type OpenedSource = {
  readonly source: ClusterSource;
  readonly defaultNamespaces: DefaultNamespaces;
  /** Of the live cluster, for one answer; null for files. */
  readonly reading: ClusterReading | null;
};

/** `files` is empty for the live cluster. Errors are sentences. */
export async function withSource<T>(
  context: CliContext,
  flags: ClusterStateFlags,
  files: readonly string[],
  use: (opened: OpenedSource) => Promise<Result<T, readonly string[]>>,
): Promise<Result<T, readonly string[]>> {
  if (files.length > 0) {
    const defaultNamespaces = defaultNamespacesOf(flags, null);
    const read = await readClusterManifests(files, manifestOptions(context, flags, defaultNamespaces));
    const manifests = read.ok ? await withOldConfiguration(read.value, flags['pool-namespace']) : read;
    if (!manifests.ok) return manifests;
    const source = new FileCluster(manifests.value, {
      description: describeFiles(files),
      defaultNamespaces,
      wall: context.clock.wall(),
    });
    return use({ source, defaultNamespaces, reading: null });
  }
  const result = await withConnection(
    context,
    flags,
    async ({ sender, description, namespace, progress }) => {
      const defaultNamespaces = defaultNamespacesOf(flags, namespace);
      return ok(await use(openLiveSource({ sender, description, progress }, defaultNamespaces)));
    },
  );
  return result.ok ? result.value : err([result.error]);
}

/** The live cluster for one answer: another one reads it again. */
export function openLiveSource(
  connection: Omit<ClusterReadingOptions, 'namespace'>,
  defaultNamespaces: DefaultNamespaces,
): OpenedSource {
  const reading = new ClusterReading({ ...connection, namespace: defaultNamespaces.pools });
  return { source: new LiveCluster({ reading, defaultNamespaces }), defaultNamespaces, reading };
}
