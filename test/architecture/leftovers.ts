import { dottedName, isNode, type Node, type Source, type Violation, walk } from './source.ts';

/** Finds leftovers of debugging: prints, narrowed test runs, breakpoints, notes to oneself. */

const NOTE = /\b(TODO|FIXME|XXX|HACK)\b/;

export function findLeftovers(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) => {
    const violations: Violation[] = [];
    const report = (offset: number, message: string): void => {
      violations.push({ path: source.path, line: source.lineOf(offset), message });
    };
    walk(source.program, (node) => {
      const message = describeLeftover(node);
      if (message !== null) report(node.start, message);
    });
    for (const { value, start } of source.comments) {
      const word = NOTE.exec(value)?.[1];
      if (word !== undefined) report(start, `says ${word}: do it now, or write it where plans are kept`);
    }
    return violations;
  });
}

function describeLeftover(node: Node): string | null {
  if (node.type === 'DebuggerStatement') return 'stops a debugger: delete the line';
  if (
    node.type === 'Property' &&
    dottedName(node['key']) === 'only' &&
    isNode(node['value']) &&
    node['value']['value'] === true
  )
    return 'lets only one test run: delete the option';
  if (node.type !== 'CallExpression') return null;
  const called = dottedName(node['callee']) ?? '';
  if (/^console\./.test(called))
    return `calls ${called}: log it, write it to a stream that was handed in, or delete it`;
  if (/^(it|test|describe|suite)\.only$/.test(called)) return `calls ${called}: let all tests run`;
  return null;
}
