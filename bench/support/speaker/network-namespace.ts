/**
 * Runs a benchmark in a network namespace of its own, with any addresses and with routers on veth pairs. The kernel removes
 * all of it with the last process. Needs root.
 */
import { execFileSync, spawn } from 'node:child_process';

const INSIDE_VARIABLE = 'BENCH_OWN_NETWORK';

/** The addresses of the node, and of the collector. */
export const NODE_ADDRESS = '198.18.0.1';
export const COLLECTOR_ADDRESS = '198.18.0.2';

/** Outside of the namespace: runs the same program inside, exits with its code, and does not return. */
export async function reexecInNetworkNamespace(): Promise<void> {
  if (process.env[INSIDE_VARIABLE] !== undefined) {
    execFileSync('ip', ['-batch', '-'], {
      input: `link set lo up\naddr add ${NODE_ADDRESS}/32 dev lo\naddr add ${COLLECTOR_ADDRESS}/32 dev lo\n`,
    });
    return;
  }
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const args = ['--pdeathsig', 'KILL', 'unshare', '--net', ...program];
  const child = spawn('setpriv', args, { stdio: 'inherit', env: { ...process.env, [INSIDE_VARIABLE]: '1' } });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  process.exit(await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1))));
}

/** Adds a veth pair with an address here and one in the namespace; the returned function removes it. */
export function connectNamespace(namespace: string, localAddress: string, remoteAddress: string): () => void {
  const name = `bench${localAddress.split('.')[2]}`;
  execFileSync('ip', ['-batch', '-'], {
    input: [
      `link add ${name} type veth peer name eth0 netns ${namespace}`,
      `link set ${name} up`,
      `addr add ${localAddress}/24 dev ${name}`,
    ].join('\n'),
  });
  execFileSync('ip', ['-n', namespace, '-batch', '-'], {
    input: `link set eth0 up\naddr add ${remoteAddress}/24 dev eth0\n`,
  });
  return () => void execFileSync('ip', ['link', 'del', name]);
}
