import { moduleOf } from './layers.ts';
import type { Source, Violation } from './source.ts';

/**
 * The sub-folders of a folder, from the lowest up: a sub-folder imports from itself and from those before it, so that no two
 * of them need each other. Type imports count. `.` is what lies in the folder itself; its `main.ts` counts as part of `main`.
 * Every module with sub-folders has an order, and so has each sub-folder that has some of its own.
 */
export const folderOrder: Readonly<Record<string, readonly string[]>> = {
  layer2: ['packets', 'membership', 'election', 'model', 'objects', 'report', 'simulator'],
  ipam: ['index', '.'],
  announce: ['config', 'decision', 'routes', 'model', '.', 'simulator'],
  calico: ['objects', 'selector', 'confd', 'bird', 'cluster', 'findings', 'report', 'cases'],
  allocation: ['.', 'dry-run', 'explain', 'findings'],
  delivery: ['bgp', '.', 'changes', 'findings'],
  'bgp/wire': ['.', 'read', 'write'],
  config: ['.', 'pool', 'legacy'],
  kube: ['auth', 'http', '.', 'informer', 'election'],
  runtime: ['.', 'main'],
  speaker: ['bfd', '.', 'status', 'layer2', 'status-api', 'main'],
  'speaker/main': ['status', 'layer2', '.'],
  controller: ['.', 'services', 'pools', 'announced', 'leadership', 'main'],
  'controller/announced': ['.', 'calico', 'native', 'layer2'],
  'controller/main': ['api', 'pools', 'announced', '.'],
  'controller/main/announced': ['calico', 'native', 'layer2', '.'],
  apiserver: [
    'object',
    'schema',
    'kube-types',
    'wire',
    'fields',
    'print',
    'select',
    'patch',
    'kinds',
    'openapi',
    'verbs',
    'http',
    '.',
  ],
  'apiserver/kinds': ['.', 'service', 'builtin'],
  playground: ['cluster', 'routers', 'output', '.', 'main'],
  cli: [
    ...[
      'framework',
      'cluster',
      'bgp',
      'calico',
      'completion',
      'convert',
      'crds',
      'doctor',
      'l2',
      'explain',
      'migrate',
    ],
    ...['plan', 'dashboard', 'report', 'status', 'version', '.'],
  ],
  'cli/cluster': ['.', 'overview'],
  'cli/bgp': ['speakers', 'peers', 'routes', 'why', 'decode', 'dial', 'model', '.'],
  'cli/l2': ['cluster', 'owners', 'why', 'rebalance', 'model', '.'],
  'cli/calico': ['model', 'init', 'router', '.'],
};

/** The place of a file below `folder`: one of its sub-folders, or `.`; null for a file elsewhere. */
function placeIn(folder: string, path: string): string | null {
  const start = `src/${folder}/`;
  if (!path.startsWith(start)) return null;
  const [first = '', ...rest] = path.slice(start.length).split('/');
  if (rest.length > 0) return first;
  return first === 'main.ts' && folderOrder[folder]?.includes('main') === true ? 'main' : '.';
}

/** The folders that hold a file, from its module down. */
function foldersOf(path: string): readonly string[] {
  const module = moduleOf(path);
  if (module === null) return [];
  const below = path.slice(`src/${module}/`.length).split('/').slice(0, -1);
  return [module, ...below.map((_, index) => [module, ...below.slice(0, index + 1)].join('/'))];
}

export function folderViolations(sources: readonly Source[]): Violation[] {
  const unordered = new Set<string>();
  return sources.flatMap((source) =>
    foldersOf(source.path).flatMap((folder) => violationsIn(folder, source, unordered)),
  );
}

function violationsIn(folder: string, { path, imports }: Source, unordered: Set<string>): Violation[] {
  const order = folderOrder[folder];
  const place = placeIn(folder, path);
  if (place === null) return [];
  if (order === undefined) {
    if (place === '.' || unordered.has(folder)) return [];
    unordered.add(folder);
    const message = `lies in a sub-folder of ${folder}/, which has no order: add it in test/architecture/folders.ts`;
    return [{ path, line: 1, message }];
  }
  if (!order.includes(place)) {
    const message = `lies in a folder of ${folder}/ that has no place in its order: add ${place} in test/architecture/folders.ts`;
    return [{ path, line: 1, message }];
  }
  return imports.flatMap(({ target, line }) => {
    const other = target === null ? null : placeIn(folder, target);
    if (other === null || order.indexOf(other) <= order.indexOf(place)) return [];
    const message = `imports ${target}, up from ${place} to ${other} within ${folder}/: move what they share down`;
    return [{ path, line, message }];
  });
}
