import { type Complaint, dotted, isNode, type Node, type Source, walk } from './source.ts';

/** What was good for an afternoon and must not stay: prints, narrowed test runs, breakpoints, notes to oneself. */

const note = /\b(TODO|FIXME|XXX|HACK)\b/;

export function leftovers(sources: readonly Source[]): Complaint[] {
  return sources.flatMap((source) => {
    const complaints: Complaint[] = [];
    const complain = (offset: number, says: string): void => {
      complaints.push({ path: source.path, line: source.lineOf(offset), says });
    };
    walk(source.program, (node) => {
      const says = objection(node);
      if (says !== null) complain(node.start, says);
    });
    for (const { value, start } of source.comments) {
      const word = note.exec(value)?.[1];
      if (word !== undefined) complain(start, `says ${word}: do it now, or write it where plans are kept`);
    }
    return complaints;
  });
}

function objection(node: Node): string | null {
  if (node.type === 'DebuggerStatement') return 'stops a debugger: delete the line';
  if (
    node.type === 'Property' &&
    dotted(node['key']) === 'only' &&
    isNode(node['value']) &&
    node['value']['value'] === true
  )
    return 'lets only one test run: delete the option';
  if (node.type !== 'CallExpression') return null;
  const called = dotted(node['callee']) ?? '';
  if (/^console\./.test(called))
    return `calls ${called}: log it, write it to a stream that was handed in, or delete it`;
  if (/^(it|test|describe|suite)\.only$/.test(called)) return `calls ${called}: let all tests run`;
  return null;
}
