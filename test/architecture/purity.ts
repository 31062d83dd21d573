import { moduleOf } from './layers.ts';
import { dottedName, isNode, type Node, type Source, type Violation, walk } from './source.ts';

/**
 * Pure modules take time, randomness and I/O as arguments. `workqueue/` is not among them: it implements the clock that the
 * others are given.
 */
const pureModules: ReadonlySet<string> = new Set([
  ...['base', 'net', 'objects', 'bgp/attributes', 'config', 'bgp/wire', 'ipam', 'announce', 'calico'],
  ...['bgp/session', 'bgp/rib', 'bfd', 'layer2', 'allocation'],
]);

/** Modules of Node without effects, and what may be imported of each; null for everything. */
const pureBuiltins: ReadonlyMap<string, ReadonlySet<string> | null> = new Map([
  ['node:util', null],
  ['node:crypto', new Set(['createHash', 'createHmac', 'hash', 'timingSafeEqual'])],
]);

const forbidden = /^(Date\.now|Math\.random|setTimeout|setInterval|setImmediate|process|performance|fetch)\b/;

export function purityViolations(sources: readonly Source[]): Violation[] {
  return sources.filter(({ path }) => pureModules.has(moduleOf(path) ?? '')).flatMap(violationsIn);
}

function violationsIn(source: Source): Violation[] {
  const violations: Violation[] = source.imports
    .filter(({ specifier }) => specifier.startsWith('node:') && !isPureImport(source, specifier))
    .map(({ specifier, line }) => ({
      path: source.path,
      line,
      message: `imports ${specifier} in a pure module: move the effect to an adapter`,
    }));
  walk(source.program, (node) => {
    const used = node.type === 'CallExpression' ? dottedName(node['callee']) : objectOf(node);
    if (used === null || !forbidden.test(used)) return;
    const line = source.lineOf(node.start);
    if (violations.some((one) => one.line === line)) return; // process.env.X is three expressions and one fault
    violations.push({
      path: source.path,
      line,
      message: `uses ${used} in a pure module: take it as an argument`,
    });
  });
  return violations;
}

function isPureImport({ program }: Source, specifier: string): boolean {
  const allowed = pureBuiltins.get(specifier);
  if (allowed === undefined || allowed === null) return allowed === null;
  let isPure = true;
  walk(program, (node) => {
    if (node.type !== 'ImportDeclaration' || !isNode(node['source'])) return;
    if (node['source']['value'] !== specifier) return;
    const imported = Array.isArray(node['specifiers']) ? (node['specifiers'] as Node[]) : [];
    for (const { imported: name } of imported)
      if (!isNode(name) || !allowed.has(String(name['name']))) isPure = false;
  });
  return isPure;
}

/** For `process.env['X']`: the object is what is used, called or not. */
const objectOf = (node: Node): string | null =>
  node.type === 'MemberExpression' && isNode(node['object']) && node['object'].type === 'Identifier'
    ? dottedName(node)
    : null;
