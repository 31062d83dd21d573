/** Cuts a bridge in two: no frame passes between the ports of one side and those of the other, whose links stay up. */
import type { NetworkNamespace } from '../../../support/netns/network.ts';

export type Partition = readonly [one: readonly string[], other: readonly string[]];

const TABLE = 'berth_partition';

/** `bridge` is the namespace that has it. The returned function makes the network whole again. */
export async function partition(
  bridge: NetworkNamespace,
  [one, other]: Partition,
): Promise<() => Promise<unknown>> {
  const ports = (side: readonly string[]): string => `{ ${side.map((port) => `"${port}"`).join(', ')} }`;
  const drop = (from: readonly string[], to: readonly string[]): string =>
    `iifname ${ports(from)} oifname ${ports(to)} drop`;
  const rules = `add table bridge ${TABLE}
    add chain bridge ${TABLE} forward { type filter hook forward priority 0; }
    add rule bridge ${TABLE} forward ${drop(one, other)}
    add rule bridge ${TABLE} forward ${drop(other, one)}`;
  await bridge.run('nft', rules);
  return () => bridge.run('nft', `delete table bridge ${TABLE}`);
}
