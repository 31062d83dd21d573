import type { Source, Violation } from './source.ts';

/**
 * The floors of `docs/architecture.md`, from the ground up. A room imports from itself and from the floors below it:
 * never up, never from another room of its own floor. Type imports count: what only a type knows is known all the same.
 */
export const layers: readonly (readonly string[])[] = [
  ['base'],
  ['net', 'workqueue'],
  ['objects', 'bgp/attributes'],
  ['config', 'bgp/wire'],
  ['ipam', 'announce', 'calico', 'bgp/session', 'bgp/rib', 'bfd', 'layer2'],
  ['allocation'],
  ['observe'],
  ['kube', 'bgp/transport', 'http-server', 'apiserver'],
  ['runtime'],
  ['controller', 'speaker'],
  ['playground'],
  ['cli'],
];

const ENTRY_POINT = 'src/main.ts';

/**
 * The outside world. The loops of the two programs, and what they share, describe what they need of it; their mains
 * hand it to them.
 */
const adapterModules: ReadonlySet<string> = new Set(['kube', 'bgp/transport', 'http-server', 'apiserver']);
const programModules: ReadonlySet<string> = new Set(['runtime', 'controller', 'speaker']);

const layerOf = new Map(layers.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));

/** The room that a file of `src/` stands in, or null. */
export function moduleOf(path: string): string | null {
  const parts = path.split('/');
  if (parts[0] !== 'src') return null;
  const [first = '', second = ''] = parts.slice(1, -1);
  return [`${first}/${second}`, first].find((module) => layerOf.has(module)) ?? null;
}

export function layerViolations(sources: readonly Source[]): Violation[] {
  return sources.filter(({ path }) => path.startsWith('src/')).flatMap(violationsOf);
}

function violationsOf(source: Source): Violation[] {
  const { path } = source;
  const module = moduleOf(path);
  if (module === null && path !== ENTRY_POINT) {
    const message =
      'stands in no room of the house: move it into one, or draw its room in test/architecture/layers.ts';
    return [{ path, line: 1, message }];
  }
  return source.imports.flatMap(({ target, line }) => {
    const message = target === null ? null : describeViolation(path, module, target);
    return message === null ? [] : [{ path, line, message }];
  });
}

function describeViolation(path: string, module: string | null, target: string): string | null {
  if (!target.startsWith('src/'))
    return `imports ${target}, which is not shipped: move what it needs into src/`;
  if (target === ENTRY_POINT)
    return `imports ${ENTRY_POINT}: nothing stands above the roof; move what it needs down`;
  const targetModule = moduleOf(target);
  if (module === null || targetModule === null || targetModule === module) return null; // a file in no room is complained of itself
  const [layer = 0, targetLayer = 0] = [layerOf.get(module), layerOf.get(targetModule)];
  if (targetLayer > layer)
    return `imports ${target}, up from ${module}/ to ${targetModule}/: move what they share down`;
  if (targetLayer === layer)
    return `imports ${target}, sideways from ${module}/ to ${targetModule}/: move what they share one floor down`;
  if (
    programModules.has(module) &&
    (adapterModules.has(targetModule) || isMain(target, 'runtime')) &&
    !isMain(path, module)
  )
    return `imports ${target}, which only the main of ${module}/ may: describe what it needs here and have the main hand it over`;
  return null;
}

const isMain = (path: string, module: string): boolean =>
  new RegExp(`^src/${module}/main(\\.ts|/)`).test(path);
