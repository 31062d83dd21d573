/** What the tools of administrators say about who has an address: arping (iputils) and ndisc6. */
import type { NetworkNamespace } from '../../../support/netns/network.ts';

const QUESTIONS = 3;
const SECONDS = 3;

/** MAC addresses that answer ARP requests, each once. All requests go to all hosts. */
export async function askByArp(host: NetworkNamespace, address: string): Promise<readonly string[]> {
  const { out } = await run(
    host,
    'arping',
    '-b',
    '-c',
    `${QUESTIONS}`,
    '-w',
    `${SECONDS}`,
    '-I',
    'eth0',
    address,
  );
  return unique([...out.matchAll(/\[([0-9A-F:]{17})\]/g)].map(([, mac = '']) => mac));
}

/** MAC addresses that answer neighbour solicitations, each once. It waits for more than one answer. */
export async function askByNdp(host: NetworkNamespace, address: string): Promise<readonly string[]> {
  const { out } = await run(host, 'ndisc6', '-m', '-r', '1', '-w', `${SECONDS * 1000}`, address, 'eth0');
  return unique([...out.matchAll(/Target link-layer address: ([0-9A-F:]{17})/g)].map(([, mac = '']) => mac));
}

/** Whether a host that probes for the address before it takes it (RFC 5227 2.1.1) learns that another one has it. */
export async function isTakenByArp(host: NetworkNamespace, address: string): Promise<boolean> {
  const { out, code } = await run(
    host,
    'arping',
    '-D',
    '-c',
    `${QUESTIONS}`,
    '-w',
    `${SECONDS}`,
    '-I',
    'eth0',
    address,
  );
  if (code > 1) throw new Error(out);
  return code === 1;
}

const unique = (macs: readonly string[]): readonly string[] => [
  ...new Set(macs.map((mac) => mac.toLowerCase())),
];

/** A failing exit code is a result, too. */
async function run(
  host: NetworkNamespace,
  ...command: readonly string[]
): Promise<{ readonly out: string; readonly code: number }> {
  const out = await host.run('sh', '-c', '"$@" 2>&1; echo "exit $?"', 'sh', ...command);
  const code = /exit (\d+)\n$/.exec(out);
  return { out: out.slice(0, code?.index), code: Number(code?.[1]) };
}
