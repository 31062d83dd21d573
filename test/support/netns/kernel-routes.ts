/** Routes of a namespace's kernel, as a routing daemon put them there. */
import type { NetworkNamespace } from './network.ts';

export type KernelRoute = {
  readonly prefix: string;
  readonly blackhole: boolean;
  /** Gateways of one route or of all its next hops, in order of their text. */
  readonly via: readonly string[];
};

type Listed = {
  readonly type?: string;
  readonly dst: string;
  readonly protocol?: string;
  readonly gateway?: string;
  readonly nexthops?: readonly { readonly gateway?: string }[];
};

/** The routes whose owner is one of `owners`, by the name that the kernel's tools give it. */
export async function kernelRoutes(
  space: NetworkNamespace,
  family: 4 | 6,
  ...owners: readonly string[]
): Promise<readonly KernelRoute[]> {
  const text = await space.run('ip', `-${family}`, '-j', 'route', 'show', 'table', 'main');
  const listed: readonly Listed[] = JSON.parse(text.trim() || '[]');
  const routes = new Map<string, KernelRoute>();
  for (const { type, dst, protocol, gateway, nexthops } of listed) {
    if (!owners.includes(protocol ?? '')) continue;
    const prefix = prefixOf(dst, family);
    const hops = (nexthops ?? [{ gateway }]).flatMap((one) => one.gateway ?? []);
    const via = [...(routes.get(prefix)?.via ?? []), ...hops].sort();
    routes.set(prefix, { prefix, blackhole: type === 'blackhole', via });
  }
  return [...routes.values()];
}

const prefixOf = (text: string, family: 4 | 6): string => {
  if (text === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  return text.includes('/') ? text : `${text}/${family === 4 ? 32 : 128}`;
};
