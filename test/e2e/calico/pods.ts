/** Pods behind nodes: a namespace each, with a server that tells its name, and routes between nodes as an overlay has. */
import type { Namespace } from '../../support/netns/net.ts';
import { pageProgram } from '../../support/netns/programs/page.mjs';
import type { Family } from './bird1/world.ts';
import { nodeAddress, type Stage } from './stage.ts';

export const PAGE_PORT = 8080;

export type Pod = {
  readonly name: string;
  readonly node: string;
  readonly addresses: Readonly<Record<Family, string>>;
};

const range = (node: string, family: Family): string => {
  const part = nodeAddress(node, 4).split('.').at(-1);
  return family === 4 ? `10.244.${part}.` : `fd10:244:${part}::`;
};
const wholeRange = (node: string, family: Family): string =>
  family === 4 ? `${range(node, 4)}0/24` : `${range(node, 6)}/64`;

/** Each node reaches the pods of the others by their nodes. */
export function layPodRoutes(stage: Stage): void {
  for (const { name, space } of stage.nodes) {
    const others = stage.nodes.filter((one) => one.name !== name);
    space.ip(
      ...others.flatMap((other) =>
        ([4, 6] as const).map(
          (family) => `route add ${wholeRange(other.name, family)} via ${nodeAddress(other.name, family)}`,
        ),
      ),
    );
  }
}

/** The interface on the node is called as Calico's are, so that BIRD leaves it alone. */
export function startPod(stage: Stage, node: string, number: number): Pod {
  const name = `${node}-pod${number}`;
  const pod = stage.net.namespace(name);
  const host = stage.node(node).space;
  host.cable(`cali${number}`, pod, 'eth0');
  const addresses = { 4: `${range(node, 4)}${number + 1}`, 6: `${range(node, 6)}${number + 1}` };
  for (const family of [4, 6] as const)
    connectPod(host, pod, number, `${range(node, family)}1`, addresses[family]);
  pod.start(name, process.execPath, pageProgram, name, `${PAGE_PORT}`);
  return { name, node, addresses };
}

function connectPod(host: Namespace, pod: Namespace, number: number, gateway: string, address: string): void {
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
