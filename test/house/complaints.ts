import { wrongFloors } from './floors.ts';
import { circles, unusedFiles } from './graph.ts';
import { leftovers } from './leftovers.ts';
import { wrongPackages } from './packages.ts';
import { impureRooms } from './purity.ts';
import { misshapen } from './shape.ts';
import { type Complaint, readSource } from './source.ts';
import { foreignWords } from './words.ts';

export type TextFile = { readonly path: string; readonly text: string };

const isCode = (path: string): boolean => /^(src|test|bench|dev)\/.*\.(ts|mjs)$/.test(path);

/** All that is wrong with these files, one sentence each, in the order of files and lines. */
export function complaintsAbout(files: readonly TextFile[]): string[] {
  const sources = files.filter(({ path }) => isCode(path)).map(({ path, text }) => readSource(path, text));
  const rules = [wrongFloors, circles, unusedFiles, wrongPackages, impureRooms, leftovers, misshapen];
  const complaints = [...rules.flatMap((rule) => rule(sources)), ...foreignWords(files)];
  return complaints.sort(inOrder).map(({ path, line, says }) => `${path}:${line} ${says}.`);
}

const inOrder = (a: Complaint, b: Complaint): number =>
  a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1;
