import type { Import, Source, Violation } from './source.ts';

/** Rules on the import graph, whatever the layer: no cycles, and no file that nothing imports. */

/** Files that are started rather than imported. */
const ENTRY_PATTERNS: readonly RegExp[] = [
  /^src\/main\.ts$/,
  /\.test\.ts$/,
  /^bench\/[^/]+\.ts$/,
  /^dev\/(start|test|check|fix|bench|build|cluster|image|pack|pictures|release)\.mjs$/,
  /^test\/support\/cluster\/(?:keeper|sweeper)\.ts$/,
  /^dev\/testing\/runner\.mjs$/,
];

/** Of a group of files that nothing reaches, only those that none of the others imports are reported. */
export function unusedFiles(sources: readonly Source[]): Violation[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    const source = byPath.get(path);
    if (source === undefined || reached.has(path)) return;
    reached.add(path);
    for (const target of countedTargets(source)) visit(target);
  };
  for (const { path } of sources) if (ENTRY_PATTERNS.some((pattern) => pattern.test(path))) visit(path);
  const imported = new Set(sources.flatMap(countedTargets));
  return sources
    .filter(({ path }) => !reached.has(path) && !imported.has(path))
    .map(({ path }) => {
      const who = path.startsWith('src/') ? 'nobody but tests' : 'nobody';
      return { path, line: 1, message: `is imported by ${who}: use it or delete it` };
    });
}

/** What only a test imports never runs in production, so an import from elsewhere into `src/` does not count. */
const countedTargets = ({ path, imports }: Source): string[] =>
  imports.flatMap(({ target }) =>
    target === null || target === path || (target.startsWith('src/') && !path.startsWith('src/'))
      ? []
      : [target],
  );

/** Each cycle is reported once, at the file that was visited first. */
export function importCycles(sources: readonly Source[]): Violation[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const trail: { source: Source; import_: Import | null }[] = [];
  const violations: Violation[] = [];
  const visit = (source: Source): void => {
    if (done.has(source.path)) return;
    const at = trail.findIndex((step) => step.source === source);
    if (at >= 0) {
      const cycle = [...trail.slice(at).map((step) => step.source.path), source.path];
      const message = `imports itself by way of ${cycle.slice(1).join(' -> ')}: move what they share into a file of its own`;
      violations.push({ path: source.path, line: trail[at]?.import_?.line ?? 1, message });
      return;
    }
    for (const import_ of source.imports) {
      const next = import_.target === null ? undefined : byPath.get(import_.target);
      if (next === undefined) continue;
      trail.push({ source, import_ });
      visit(next);
      trail.pop();
    }
    done.add(source.path);
  };
  for (const source of sources) visit(source);
  return violations;
}
