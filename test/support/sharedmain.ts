import { renameSync, writeFileSync } from 'node:fs';
import { startRealApi } from './realapi/start.ts';
import type { SharedNotice } from './realapi.ts';

/**
 * Run by the test runner beside the tests: starts the shared API server, tells where it is in the file named as its
 * argument, and ends when its standard input does, that is with the runner.
 */

const path = process.argv[2];
if (path === undefined) throw new Error('name the file to write');

const notice: SharedNotice = await startRealApi().then(
  ({ url, token, caFile, kubeconfig, folder, kubectlPath }) => ({
    access: { url, token, caFile, kubeconfig, folder, kubectlPath },
  }),
  (error: unknown) => ({ failed: String(error) }),
);
writeFileSync(`${path}.part`, JSON.stringify(notice), { mode: 0o600 });
renameSync(`${path}.part`, path);
process.stdin.on('end', () => process.exit(0)).resume();
