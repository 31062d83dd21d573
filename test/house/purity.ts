import { roomOf } from './floors.ts';
import { type Complaint, dotted, isNode, type Node, type Source, walk } from './source.ts';

/**
 * Rooms that decide take time, chance and the world as arguments. `work/` is not among them: it holds the clock that
 * the others are handed.
 */
const deciding: ReadonlySet<string> = new Set([
  ...['base', 'net', 'cluster', 'routes', 'config', 'bgp/wire', 'ipam', 'announce', 'calico'],
  ...['bgp/session', 'bgp/rib', 'bfd', 'layer2', 'plan'],
]);

/** Parts of Node that only compute. */
const pure: ReadonlySet<string> = new Set(['node:util']);

const forbidden = /^(Date\.now|Math\.random|setTimeout|setInterval|setImmediate|process|performance|fetch)\b/;

export function impureRooms(sources: readonly Source[]): Complaint[] {
  return sources.filter(({ path }) => deciding.has(roomOf(path) ?? '')).flatMap(complaintsOf);
}

function complaintsOf(source: Source): Complaint[] {
  const complaints: Complaint[] = source.imports
    .filter(({ specifier }) => specifier.startsWith('node:') && !pure.has(specifier))
    .map(({ specifier, line }) => ({
      path: source.path,
      line,
      says: `imports ${specifier} in a room that decides: move the effect to a room that touches the world`,
    }));
  walk(source.program, (node) => {
    const used = node.type === 'CallExpression' ? dotted(node['callee']) : objectOf(node);
    if (used === null || !forbidden.test(used)) return;
    const line = source.lineOf(node.start);
    if (complaints.some((one) => one.line === line)) return; // process.env.X is three expressions and one fault
    complaints.push({
      path: source.path,
      line,
      says: `uses ${used} in a room that decides: take it as an argument`,
    });
  });
  return complaints;
}

/** For `process.env['X']`: the object is what is used, called or not. */
const objectOf = (node: Node): string | null =>
  node.type === 'MemberExpression' && isNode(node['object']) && node['object'].type === 'Identifier'
    ? dotted(node)
    : null;
