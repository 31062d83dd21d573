/** Pods: a network namespace each, with a server that returns its name, and routes between nodes as of an overlay. */
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import { pageProgram } from '../../../support/netns/programs/page.mjs';
import type { Family } from './bird1/objects.ts';
import { nodeAddress, type Testbed } from './testbed.ts';

export const PAGE_PORT = 8080;

export type Pod = {
  readonly name: string;
  readonly node: string;
  readonly addresses: Readonly<Record<Family, string>>;
};

const podRange = (node: string, family: Family): string => {
  const part = nodeAddress(node, 4).split('.').at(-1);
  return family === 4 ? `10.244.${part}.` : `fd10:244:${part}::`;
};
const podPrefix = (node: string, family: Family): string =>
  family === 4 ? `${podRange(node, 4)}0/24` : `${podRange(node, 6)}/64`;

/** Routes on each node to the pods of other nodes. */
export function addPodRoutes(stage: Testbed): void {
  for (const { name, namespace } of stage.nodes) {
    const others = stage.nodes.filter((one) => one.name !== name);
    namespace.ip(
      ...others.flatMap((other) =>
        ([4, 6] as const).map(
          (family) => `route add ${podPrefix(other.name, family)} via ${nodeAddress(other.name, family)}`,
        ),
      ),
    );
  }
}

/** The node's interface is named like Calico's, so that BIRD ignores it. */
export function startPod(stage: Testbed, node: string, number: number): Pod {
  const name = `${node}-pod${number}`;
  const pod = stage.net.namespace(name);
  const host = stage.node(node).namespace;
  host.addVeth(`cali${number}`, pod, 'eth0');
  const addresses = { 4: `${podRange(node, 4)}${number + 1}`, 6: `${podRange(node, 6)}${number + 1}` };
  for (const family of [4, 6] as const)
    connectPod(host, pod, number, `${podRange(node, family)}1`, addresses[family]);
  pod.start(name, process.execPath, pageProgram, name, `${PAGE_PORT}`);
  return { name, node, addresses };
}

function connectPod(
  host: NetworkNamespace,
  pod: NetworkNamespace,
  number: number,
  gateway: string,
  address: string,
): void {
  const mask = address.includes(':') ? 128 : 32;
  const everything = address.includes(':') ? '::/0' : '0.0.0.0/0';
  const noWait = mask === 128 ? ' nodad' : '';
  host.ip(
    `addr add ${gateway}/${mask} dev cali${number}${noWait}`,
    `route add ${address}/${mask} dev cali${number}`,
  );
  pod.ip(
    `addr add ${address}/${mask} dev eth0${noWait}`,
    `route add ${gateway}/${mask} dev eth0`,
    `route add ${everything} via ${gateway} dev eth0`,
  );
}
