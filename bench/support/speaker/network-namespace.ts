/**
 * A benchmark in a network namespace of its own: it takes the addresses that it likes, routers are a cable away, and the
 * kernel removes all of it with the last process. Needs root.
 */
import { execFileSync, spawn } from 'node:child_process';

const INSIDE_VARIABLE = 'BENCH_OWN_NETWORK';

/** This machine's end of every session, and where the collector listens. */
export const NODE_ADDRESS = '198.18.0.1';
export const COLLECTOR_ADDRESS = '198.18.0.2';

/** Outside it runs the same program inside, ends as that ended, and does not come back. */
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

/** An address of our own at one end of a cable, and the other end in a namespace; the returned function removes it. */
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
