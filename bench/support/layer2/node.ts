/** A node with a wire, from the built program, and a host on its segment. */
import { fileURLToPath } from 'node:url';
import { LineProgram } from '../../../test/layer2/transport/support/line-program.ts';
import type { ProgramCommand } from '../../../test/layer2/transport/support/wire-program.ts';
import type { NetworkNamespace, TestNetwork } from '../../../test/support/netns/network.ts';

const WIRE = new URL('../../../test/layer2/transport/support/wire-program.ts', import.meta.url);
const SCRIPT = fileURLToPath(new URL('../../../dist/berth.mjs', import.meta.url));

export type WireNode = {
  readonly node: NetworkNamespace;
  readonly host: NetworkNamespace;
  readonly pid: number;
  readonly send: (command: ProgramCommand) => void;
  /** Waits until all are answered for. */
  readonly own: (addresses: readonly string[]) => Promise<void>;
  readonly stop: () => void;
};

/** `kernelAddresses`, each with its prefix length, are the node's own: its kernel answers for them. */
export async function startNode(
  network: TestNetwork,
  kernelAddresses: readonly string[] = [],
): Promise<WireNode> {
  const node = network.namespace('node');
  const host = network.namespace('host');
  node.addVeth('eth0', host, 'eth0');
  const own = ['192.0.2.2/24', '2001:db8::2/64', ...kernelAddresses];
  node.ip(...own.map((text) => `address add ${text} dev eth0`));
  host.ip('address add 192.0.2.1/24 dev eth0', 'address add 2001:db8::1/64 dev eth0');
  const program = new LineProgram(node, WIRE, [], { WIRE_SCRIPT: SCRIPT });
  const send = (command: ProgramCommand): void => program.send(JSON.stringify(command));
  await program.next((line) => line.includes('"eth0"') && line.includes('"6":true'), 'interface');
  return {
    node,
    host,
    pid: program.pid,
    send,
    own: async (addresses) => {
      const pending = new Set(addresses);
      send({ kind: 'own', table: addresses.map((address) => ({ address })) });
      while (pending.size > 0) {
        const line = await program.next((one) => one.includes('"answering"'), 'answer');
        pending.delete(/"address":"([^"]+)"/.exec(line)?.[1] ?? '');
      }
    },
    stop: () => program.kill('SIGKILL'),
  };
}
