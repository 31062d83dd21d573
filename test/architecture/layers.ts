import type { Source, Violation } from './source.ts';

/**
 * The layers of `docs/architecture.md`, from the lowest up. A module imports from itself and from the layers below it: never
 * up, never from another module of its own layer. Type imports count, too.
 */
export const layers: readonly (readonly string[])[] = [
  ['base'],
  ['net', 'workqueue'],
  ['objects', 'bgp/attributes'],
  ['config', 'findings', 'bgp/wire'],
  ['ipam', 'announce', 'calico', 'bgp/session', 'bgp/rib', 'bfd'],
  ['allocation', 'layer2'],
  ['delivery'],
  ['observe', 'overview'],
  ['sockets'],
  ['kube', 'bgp/transport', 'bfd/transport', 'layer2/transport', 'http-server', 'apiserver', 'manifests'],
  ['runtime'],
  ['controller', 'speaker'],
  ['playground'],
  ['cli'],
];

const ENTRY_POINT = 'src/main.ts';

/**
 * Modules that do I/O. The two programs, and what they share, declare ports for what they need; only their mains import these.
 */
const adapterModules: ReadonlySet<string> = new Set([
  'sockets',
  'kube',
  'bgp/transport',
  'bfd/transport',
  'layer2/transport',
  'http-server',
  'apiserver',
]);
const programModules: ReadonlySet<string> = new Set(['runtime', 'controller', 'speaker']);

const layerOf = new Map(
  layers.flatMap((modules, layer) => modules.map((module) => [module, layer] as const)),
);

/** The module that a file of `src/` belongs to, or null. */
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
      'belongs to no module: move it into one, or add its module to test/architecture/layers.ts';
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
    return `imports ${ENTRY_POINT}: nothing may import the entry point; move what it needs into a module`;
  const targetModule = moduleOf(target);
  if (module === null || targetModule === null || targetModule === module) return null; // a file in no module has a violation of its own
  const [layer = 0, targetLayer = 0] = [layerOf.get(module), layerOf.get(targetModule)];
  if (targetLayer > layer)
    return `imports ${target}, up from ${module}/ to ${targetModule}/: move what they share down`;
  if (targetLayer === layer)
    return `imports ${target}, sideways from ${module}/ to ${targetModule}/: move what they share one layer down`;
  if (
    programModules.has(module) &&
    (adapterModules.has(targetModule) || isMain(target, 'runtime')) &&
    !isMain(path, module)
  )
    return `imports ${target}, which only main of ${module}/ may: declare the port that it needs here, and let main implement it`;
  return null;
}

const isMain = (path: string, module: string): boolean =>
  new RegExp(`^src/${module}/main(\\.ts|/)`).test(path);
