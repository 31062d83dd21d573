import { moduleOf } from './layers.ts';
import type { Source, Violation } from './source.ts';

/**
 * The folders of a module, from the lowest up: a folder imports from itself and from those before it, so that no two of them
 * need each other. Type imports count. `.` is what lies in the module itself; its `main.ts` counts as part of `main`. A
 * module that is not listed has folders without an order.
 */
export const folderOrder: Readonly<Record<string, readonly string[]>> = {
  ipam: ['index', '.'],
  announce: ['config', 'decision', 'routes', 'model', '.', 'simulator'],
  calico: ['objects', 'selector', 'confd', 'bird', 'cluster', 'findings', 'report', 'cases'],
  allocation: ['.', 'dry-run', 'explain'],
  kube: ['auth', 'http', '.', 'informer', 'election'],
  speaker: ['.', 'status', 'status-api', 'main'],
};

type Folder = { readonly module: string; readonly name: string };

/** The folder of its module that a file of `src/` lies in, or null where the module has no order. */
function folderOf(path: string): Folder | null {
  const module = moduleOf(path);
  if (module === null || folderOrder[module] === undefined) return null;
  const parts = path.slice(`src/${module}/`.length).split('/');
  const [first = ''] = parts;
  return { module, name: parts.length > 1 ? first : first === 'main.ts' ? 'main' : '.' };
}

export function folderViolations(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) => {
    const folder = folderOf(source.path);
    return folder === null ? [] : violationsOf(source, folder);
  });
}

function violationsOf({ path, imports }: Source, { module, name }: Folder): Violation[] {
  const order = folderOrder[module] ?? [];
  if (!order.includes(name)) {
    const message = `lies in a folder of ${module}/ that has no place in its order: add ${name} in test/architecture/folders.ts`;
    return [{ path, line: 1, message }];
  }
  return imports.flatMap(({ target, line }) => {
    const other = target === null ? null : folderOf(target);
    if (other?.module !== module || order.indexOf(other.name) <= order.indexOf(name)) return [];
    const message = `imports ${target}, up from ${name} to ${other.name} within ${module}/: move what they share down`;
    return [{ path, line, message }];
  });
}
