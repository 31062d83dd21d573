/** The CustomResourceDefinitions of metallb.io and berth.dev, which the build puts into the program. */
import { readdirSync, readFileSync } from 'node:fs';

/** Defined by the build: the YAML of each, by plural. */
declare const BERTH_CRDS: Readonly<Record<string, string>> | undefined;

/** By plural; empty in a build without them. */
export const crdTexts = (): Readonly<Record<string, string>> =>
  typeof BERTH_CRDS === 'object' ? BERTH_CRDS : readCrdsFromSources();

/** If the program runs from its sources, without a build. */
function readCrdsFromSources(): Readonly<Record<string, string>> {
  const folder = new URL('../../../deploy/crds/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  return Object.fromEntries(
    files.sort().map((name) => [name.replace('.yaml', ''), readFileSync(new URL(name, folder), 'utf8')]),
  );
}
