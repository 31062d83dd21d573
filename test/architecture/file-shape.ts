import { basename } from 'node:path';
import { type Node, type Source, type Violation, walk } from './source.ts';

/** One idea a file, named for it; an import names the file that declares a thing. */

const LINES_MAX = 300;

/** Names that say nothing, and so attract everything. */
const emptyNames = /^(index|utils?|helpers?|misc|common|shared|lib)\.(ts|mjs)$/;

export function shapeViolations(sources: readonly Source[]): Violation[] {
  return sources.flatMap(shapeViolationsOf);
}

function shapeViolationsOf(source: Source): Violation[] {
  const { path, text, program } = source;
  const violations: Violation[] = [];
  const report = (line: number, message: string): void => {
    violations.push({ path, line, message });
  };
  const lines = text.trimEnd().split('\n').length;
  if (lines > LINES_MAX)
    report(
      LINES_MAX + 1,
      `has ${lines} lines, more than ${LINES_MAX}: give its second idea a file of its own`,
    );
  if (emptyNames.test(basename(path)))
    report(1, 'has a name that says nothing: name it for the one idea in it');
  if (onlyReExports(program))
    report(1, 'only passes on what others export: import from where things live, and delete it');
  walk(program, (node) => {
    if (node.type === 'ExportDefaultDeclaration' || node.type === 'TSExportAssignment')
      report(source.lineOf(node.start), 'exports a default: give it a name');
  });
  return violations;
}

/** Whether there is nothing but imports and exports of other files' things. */
function onlyReExports(program: Node): boolean {
  const statements = Array.isArray(program['body']) ? (program['body'] as Node[]) : [];
  const exporting = statements.filter((one) => one.type !== 'ImportDeclaration');
  return exporting.length > 0 && exporting.every(isReExport);
}

const isReExport = (statement: Node): boolean =>
  statement.type === 'ExportAllDeclaration' ||
  (statement.type === 'ExportNamedDeclaration' && statement['declaration'] === null);
