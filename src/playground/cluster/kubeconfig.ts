/** The file that `KUBECONFIG` points at: in a private folder of its own, or where somebody wants it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';

/** Of cluster, context and user; also how a file of ours is told from anybody else's. */
const ENTRY_NAME = 'berth-playground';

export type KubeconfigFile = {
  readonly path: string;
  /** Leaves nothing behind. */
  remove(): Promise<void>;
};

/** `path` is '' for a place of our own. The error is a sentence: a kubeconfig of somebody else's is never written over. */
export async function writeKubeconfig(server: string, path: string): Promise<Result<KubeconfigFile, string>> {
  if (path === '') {
    const folder = await mkdtemp(join(tmpdir(), `${ENTRY_NAME}-`)); // mode 0700
    const ownPath = join(folder, 'kubeconfig');
    await writeFile(ownPath, kubeconfigText(server), { mode: 0o600 });
    return ok({ path: ownPath, remove: () => rm(folder, { recursive: true, force: true }) });
  }
  try {
    if (!(await isOurs(path))) {
      return err(`${path} is a file of somebody else's: name one that does not exist yet`);
    }
    await writeFile(path, kubeconfigText(server), { mode: 0o600 });
  } catch (error) {
    return err(`${path} cannot be written: ${(error as Error).message}`);
  }
  return ok({ path, remove: () => removeOurs(path, server) });
}

/** Absent, or left by a playground that was killed. */
async function isOurs(path: string): Promise<boolean> {
  const text = await readIfExists(path);
  return text === null || text.includes(`"current-context": "${ENTRY_NAME}"`);
}

/** Another playground may have been told the same name meanwhile. */
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

/** JSON is YAML, and every client reads it. */
const kubeconfigText = (server: string): string =>
  `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: ENTRY_NAME, cluster: { server } }],
      users: [{ name: ENTRY_NAME, user: {} }],
      // Without a namespace: a controller that is pointed here looks where it would look anywhere.
      contexts: [{ name: ENTRY_NAME, context: { cluster: ENTRY_NAME, user: ENTRY_NAME } }],
      'current-context': ENTRY_NAME,
    },
    null,
    2,
  )}\n`;
