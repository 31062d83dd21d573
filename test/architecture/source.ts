import { dirname, posix } from 'node:path';
import { parseSync } from 'oxc-parser';

/**
 * Source files as the rules see them. All paths are from the root of the clone, with slashes. What is
 * read is the text alone: files need not exist, which is how the rules are tested themselves.
 */

export type Violation = { readonly path: string; readonly line: number; readonly message: string };

/** The parts that every node has; rules ask for the others by name. */
export type Node = { readonly type: string; readonly start: number; readonly end: number } & {
  readonly [field: string]: unknown;
};

export type Import = {
  readonly specifier: string;
  /** The file of the clone that is meant, or null for a package or a module of Node. */
  readonly target: string | null;
  readonly line: number;
  /** Whether it is read when first needed, or never, being a type. */
  readonly lazy: boolean;
  readonly typeOnly: boolean;
};

export type Source = {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  readonly comments: readonly { readonly value: string; readonly start: number }[];
  readonly imports: readonly Import[];
  lineOf(offset: number): number;
};

export function readSource(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  const [problem] = parsed.errors;
  if (problem !== undefined) throw new Error(`${path} does not parse: ${problem.message}`);
  const program = parsed.program as unknown as Node;
  const lineOf = lineFinder(text);
  return {
    path,
    text,
    program,
    comments: parsed.comments,
    lineOf,
    imports: findImports(path, program, lineOf),
  };
}

/** Shows `visit` every node, from the outside in. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** `a.b.c` for a chain of plain names, else null. */
export function dottedName(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Identifier') return String(node['name']);
  if (node.type !== 'MemberExpression') return null;
  const [object, property] = [dottedName(node['object']), node['property']];
  const name = node['computed'] === true ? stringValue(property) : dottedName(property);
  return object === null || name === null ? null : `${object}.${name}`;
}

/** The value of a literal text, else null. */
export function stringValue(node: unknown): string | null {
  return isNode(node) && node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : null;
}

function findImports(path: string, program: Node, lineOf: (offset: number) => number): Import[] {
  const found: Import[] = [];
  const add = (
    node: Node,
    from: unknown,
    how: { readonly lazy: boolean; readonly typeOnly: boolean },
  ): void => {
    const specifier = stringValue(from);
    if (specifier === null) return;
    const target = specifier.startsWith('.') ? posix.join(dirname(path), specifier) : null;
    found.push({ specifier, target, line: lineOf(node.start), ...how });
  };
  walk(program, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        return add(node, node['source'], { lazy: false, typeOnly: isTypeOnly(node) });
      case 'ImportExpression':
        return add(node, node['source'], { lazy: true, typeOnly: false });
      case 'TSImportType':
        return add(node, node['source'], { lazy: false, typeOnly: true });
      case 'NewExpression':
        // new URL('./worker.ts', import.meta.url) is how a file names the file that a worker starts with.
        if (dottedName(node['callee']) !== 'URL' || !Array.isArray(node['arguments'])) return;
        if (/\.m?[jt]s$/.test(stringValue(node['arguments'][0]) ?? ''))
          add(node, node['arguments'][0], { lazy: true, typeOnly: false });
    }
  });
  return found;
}

/** `import type { A }` and `import { type A }` alike. */
function isTypeOnly(node: Node): boolean {
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const names = node['specifiers'];
  if (!Array.isArray(names) || names.length === 0) return false;
  return names.every((name: Node) => name['importKind'] === 'type' || name['exportKind'] === 'type');
}

function lineFinder(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index);
  return (offset) => ends.filter((end) => end < offset).length + 1;
}
