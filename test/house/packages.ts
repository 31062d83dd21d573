import { roomOf } from './floors.ts';
import type { Complaint, Source } from './source.ts';

/** Which room may know which package. What is not listed may be known by none: a new package is a decision. */

type Keeper = {
  readonly rooms: readonly string[];
  /** Heavy ones are imported when first needed, `await import()`, so that the rest starts quickly and stays small. */
  readonly lazily: boolean;
};

const keepers: Readonly<Record<string, Keeper>> = {
  '@kubernetes/client-node': { rooms: ['kube'], lazily: true },
  express: { rooms: ['http'], lazily: true },
  koffi: { rooms: ['sockets'], lazily: true },
  'prom-client': { rooms: ['observe'], lazily: false },
  'ip-address': { rooms: ['net'], lazily: false },
  // A kubeconfig is YAML, and so is what kubectl may send to an API server.
  yaml: { rooms: ['config', 'kube', 'apiserver', 'playground', 'cli'], lazily: false },
  '@peculiar/x509': { rooms: ['http'], lazily: true },
  'reflect-metadata': { rooms: ['http'], lazily: true },
};

export function wrongPackages(sources: readonly Source[]): Complaint[] {
  return sources
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((source) =>
      source.imports.flatMap(({ specifier, target, line, lazy, typeOnly }) => {
        if (target !== null || specifier.startsWith('node:')) return [];
        const says = objection(packageOf(specifier), roomOf(source.path), lazy || typeOnly);
        return says === null ? [] : [{ path: source.path, line, says }];
      }),
    );
}

function objection(name: string, room: string | null, lazy: boolean): string | null {
  const keeper = Object.hasOwn(keepers, name) ? keepers[name] : undefined;
  if (keeper === undefined)
    return `imports ${name}, which no room may know: do without, or give it a room in test/house/packages.ts`;
  if (room === null || !keeper.rooms.includes(room)) {
    const rooms = keeper.rooms.map((one) => `${one}/`).join(' and ');
    return `imports ${name}, which is for ${rooms} alone: ask that room for what it needs`;
  }
  if (keeper.lazily && !lazy)
    return `imports ${name} at once: import it where it is first needed, by await import()`;
  return null;
}

/** `@scope/name` or `name`, without the path inside the package. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
