import { shapeViolations } from './file-shape.ts';
import { folderViolations } from './folders.ts';
import { importCycles, unusedFiles } from './import-graph.ts';
import { layerViolations } from './layers.ts';
import { findLeftovers } from './leftovers.ts';
import { localPathViolations } from './local-paths.ts';
import { mergeMarkViolations } from './merge-marks.ts';
import { sharedTypeNames } from './names.ts';
import { packageViolations } from './packages.ts';
import { purityViolations } from './purity.ts';
import { readSource, type Violation } from './source.ts';
import { testFileViolations } from './test-files.ts';
import { waitViolations } from './waits.ts';

export type TextFile = { readonly path: string; readonly text: string };

const isCode = (path: string): boolean => /^(src|test|bench|dev)\/.*\.(ts|mjs)$/.test(path);

/** All that is wrong with these files, one sentence each, in the order of files and lines. */
export function findViolations(files: readonly TextFile[]): string[] {
  const sources = files.filter(({ path }) => isCode(path)).map(({ path, text }) => readSource(path, text));
  const rules = [
    layerViolations,
    folderViolations,
    importCycles,
    unusedFiles,
    packageViolations,
    purityViolations,
    findLeftovers,
    shapeViolations,
    sharedTypeNames,
    testFileViolations,
    waitViolations,
  ];
  const violations = [
    ...rules.flatMap((rule) => rule(sources)),
    ...[localPathViolations, mergeMarkViolations].flatMap((rule) => rule(files)),
  ];
  return violations.sort(compareByPosition).map(({ path, line, message }) => `${path}:${line} ${message}.`);
}

const compareByPosition = (a: Violation, b: Violation): number =>
  a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1;
