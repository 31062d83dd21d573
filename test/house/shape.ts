import { basename } from 'node:path';
import { type Complaint, type Node, type Source, walk } from './source.ts';

/** One idea a file, named for it, and the import line tells where a thing really lives. */

const LINES_MAX = 300;

/** Names that say nothing, and so attract everything. */
const emptyNames = /^(index|utils?|helpers?|misc|common|shared|lib)\.(ts|mjs)$/;

export function misshapen(sources: readonly Source[]): Complaint[] {
  return sources.flatMap(complaintsOf);
}

function complaintsOf(source: Source): Complaint[] {
  const { path, text, program } = source;
  const complaints: Complaint[] = [];
  const complain = (line: number, says: string): void => {
    complaints.push({ path, line, says });
  };
  const lines = text.trimEnd().split('\n').length;
  if (lines > LINES_MAX)
    complain(
      LINES_MAX + 1,
      `has ${lines} lines, more than ${LINES_MAX}: give its second idea a file of its own`,
    );
  if (emptyNames.test(basename(path)))
    complain(1, 'has a name that says nothing: name it for the one idea in it');
  if (onlyPassesOn(program))
    complain(1, 'only passes on what others export: import from where things live, and delete it');
  walk(program, (node) => {
    if (node.type === 'ExportDefaultDeclaration' || node.type === 'TSExportAssignment')
      complain(source.lineOf(node.start), 'exports a default: give it a name');
  });
  return complaints;
}

/** Whether there is nothing but imports and exports of other files' things. */
function onlyPassesOn(program: Node): boolean {
  const statements = Array.isArray(program['body']) ? (program['body'] as Node[]) : [];
  const exporting = statements.filter((one) => one.type !== 'ImportDeclaration');
  return exporting.length > 0 && exporting.every(isPassingOn);
}

const isPassingOn = (statement: Node): boolean =>
  statement.type === 'ExportAllDeclaration' ||
  (statement.type === 'ExportNamedDeclaration' && statement['declaration'] === null);
