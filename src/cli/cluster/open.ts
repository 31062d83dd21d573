/** Opens what a command was told to look at: files where some are named, else the live cluster. */
import { err, type Result } from '../../base/result.ts';
import type { CliContext } from '../context.ts';
import { readManifests } from '../files/read.ts';
import { showProgress } from '../progress.ts';
import { connected } from './connect.ts';
import { FileCluster } from './filecluster.ts';
import type { Homes } from './kinds.ts';
import { LiveCluster } from './livecluster.ts';
import type { ClusterSource } from './source.ts';

export type SceneFlags = {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly 'pool-namespace': string;
};

export type Opened = { readonly source: ClusterSource; readonly homes: Homes };

/** `files` is empty for the live cluster. Errors are sentences. */
export async function withSource<T>(
  context: CliContext,
  flags: SceneFlags,
  files: readonly string[],
  use: (opened: Opened) => Promise<Result<T, readonly string[]>>,
): Promise<Result<T, readonly string[]>> {
  if (files.length > 0) {
    const homes = { services: flags.namespace || 'default', pools: flags['pool-namespace'] };
    const read = await readManifests(files, context.stdin);
    if (!read.ok) return read;
    const describe = files.map((file) => (file === '-' ? 'standard input' : file)).join(', ');
    return use({
      source: new FileCluster(read.value, { describe, homes, wall: context.clock.wall() }),
      homes,
    });
  }
  let now = 'reading the cluster';
  const end = showProgress(context, () => now);
  try {
    const answer = await connected(context, flags, async ({ sender, describe, namespace }) => {
      const homes = { services: flags.namespace || namespace || 'default', pools: flags['pool-namespace'] };
      const progress = (text: string): void => {
        now = text;
      };
      const source = new LiveCluster({ sender, describe, homes, progress });
      return { ok: true, value: await use({ source, homes }) };
    });
    return answer.ok ? answer.value : err([answer.error]);
  } finally {
    end();
  }
}
