import { dottedName, isNode, type Node, type Source, type Violation, walk } from './source.ts';

/**
 * A condition that is waited for has a message. Without one, `assert.ok` reads and parses the file of its caller to make a message
 * whenever it fails, which takes up to half a minute with transformed sources.
 */

const WAITS: ReadonlySet<string> = new Set(['eventually', 'eventuallySlow']);

export const waitViolations = (sources: readonly Source[]): Violation[] =>
  sources.flatMap((source) => {
    const found = new Map<number, Violation>();
    walk(source.program, (node) => {
      if (isCallOf(node, (name) => WAITS.has(name)))
        walk(node, (inner) => {
          if (!isCallOf(inner, (name) => name === 'assert.ok') || argumentsOf(inner).length > 1) return;
          const message = 'waits with assert.ok without a message, which is slow: say what is not true yet';
          found.set(inner.start, { path: source.path, line: source.lineOf(inner.start), message });
        });
    });
    return [...found.values()];
  });

const isCallOf = (node: Node, matches: (name: string) => boolean): boolean =>
  node.type === 'CallExpression' && matches(dottedName(node['callee']) ?? '');

const argumentsOf = (node: Node): readonly Node[] =>
  Array.isArray(node['arguments']) ? node['arguments'].filter(isNode) : [];
