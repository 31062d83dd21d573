/**
 * This file writes and removes the playground's kubeconfig: in a private temporary folder, or at a path that the user
 * names.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { failureText } from '../../base/system-error.ts';

/** The name of the cluster, the context and the user. It also identifies a kubeconfig that a playground has written. */
const ENTRY_NAME = 'berth-playground';

export type KubeconfigFile = {
  readonly path: string;
  /** Removes the file, and the temporary folder where there is one. */
  remove(): Promise<void>;
};

/**
 * Writes the kubeconfig; an empty `path` is a temporary folder. A file of another program is not overwritten: the error
 * is a sentence.
 */
export async function writeKubeconfig(server: string, path: string): Promise<Result<KubeconfigFile, string>> {
  if (path === '') {
    const folder = await mkdtemp(join(tmpdir(), `${ENTRY_NAME}-`)); // mode 0700
    const ownPath = join(folder, 'kubeconfig');
    await writeFile(ownPath, kubeconfigText(server), { mode: 0o600 });
    return ok({ path: ownPath, remove: () => rm(folder, { recursive: true, force: true }) });
  }
  try {
    if (!(await isOurs(path))) {
      return err(
        `${path} was not written by a playground, and is not overwritten; name a file that does not exist`,
      );
    }
    await writeFile(path, kubeconfigText(server), { mode: 0o600 });
  } catch (error) {
    return err(`${path} cannot be written: ${failureText(error)}`);
  }
  return ok({ path, remove: () => removeOurs(path, server) });
}

/** Whether the file is absent, or was left by a playground that was killed. */
async function isOurs(path: string): Promise<boolean> {
  const text = await readIfExists(path);
  return text === null || text.includes(`"current-context": "${ENTRY_NAME}"`);
}

/** Removes the file unless another playground has overwritten it. */
async function removeOurs(path: string, server: string): Promise<void> {
  if ((await readIfExists(path)) === kubeconfigText(server)) await rm(path, { force: true });
}

async function readIfExists(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A kubeconfig in JSON, which every YAML parser reads. */
const kubeconfigText = (server: string): string =>
  `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: ENTRY_NAME, cluster: { server } }],
      users: [{ name: ENTRY_NAME, user: {} }],
      // No namespace, so that a controller with this kubeconfig uses its default namespace.
      contexts: [{ name: ENTRY_NAME, context: { cluster: ENTRY_NAME, user: ENTRY_NAME } }],
      'current-context': ENTRY_NAME,
    },
    null,
    2,
  )}\n`;
