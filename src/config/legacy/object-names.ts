/**
 * Names of objects for what the old ConfigMap lists: its pools and profiles could have any text as a name, and its peers none.
 *
 * A valid Kubernetes name is kept, so that Services that request the pool still find it. Other names are converted (lower
 * case, `-` for invalid characters, a letter first, at most 63 characters) and numbered where the result is taken.
 */
import type { LegacyConfig } from './legacy-config.ts';

export const OBJECT_NAME_CHARS_MAX = 63;

/** An object's name (RFC 1123 subdomain), kept as short as a label. */
const OBJECT_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const isObjectName = (name: string): boolean =>
  name.length <= OBJECT_NAME_CHARS_MAX && OBJECT_NAME.test(name);

/** How the objects of a configuration are called. */
export type LegacyNames = {
  readonly pool: (name: string) => string;
  readonly profile: (name: string) => string;
  /** In listed order. */
  readonly peers: readonly string[];
};

/** Names that an API server accepts, and those of MetalLB's converter for peers: their numbers. */
export function converterNames({ pools, bfdProfiles, peers }: LegacyConfig): LegacyNames {
  const poolNames = assignObjectNames(pools.map(({ name }) => name));
  const profileNames = assignObjectNames(bfdProfiles.map(({ name }) => name));
  return {
    pool: (name) => poolNames.get(name) ?? name,
    profile: (name) => profileNames.get(name) ?? name,
    peers: peers.map((_, index) => `peer${index + 1}`),
  };
}

/**
 * Names as they are written, so that Services may request a pool of whatever name. A peer is named after its address: its
 * session stays when peers before it are added or removed.
 */
export function writtenNames({ peers }: LegacyConfig): LegacyNames {
  const counts = new Map<string, number>();
  return {
    pool: (name) => name,
    profile: (name) => name,
    peers: peers.map(({ peerAddress }) => {
      const count = (counts.get(peerAddress) ?? 0) + 1;
      counts.set(peerAddress, count);
      return count === 1 ? `peer-${peerAddress}` : `peer-${peerAddress}-${count}`;
    }),
  };
}

/** From each name to the name of its object, in the order given; no two get the same. */
export function assignObjectNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names.filter(isObjectName));
  return new Map(
    names.map((name): [string, string] => {
      if (isObjectName(name)) return [name, name];
      const fit = toObjectName(name);
      let candidate = fit;
      for (let number = 2; taken.has(candidate); number++) candidate = withNumber(fit, number);
      taken.add(candidate);
      return [name, candidate];
    }),
  );
}

function toObjectName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  const lettered = /^[a-z]/.test(plain) ? plain : `pool-${plain}`;
  return trimEnd(lettered.slice(0, OBJECT_NAME_CHARS_MAX));
}

function withNumber(name: string, number: number): string {
  const ending = `-${number}`;
  return trimEnd(name.slice(0, OBJECT_NAME_CHARS_MAX - ending.length)) + ending;
}

const trimEnd = (name: string): string => name.replace(/-+$/, '');
