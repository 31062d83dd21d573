/** The objects that configure the programs, as their authors wrote them: two documents in a row show each edit. */
import { numberOf, type Raw } from '../base/json.ts';
import { rememberByObject } from '../base/remember.ts';
import { compareText } from '../base/text.ts';
import { lastEditOf } from '../objects/last-edit.ts';
import { labelsOf, metadataOf, nameOf, specOf } from '../objects/metadata.ts';
import { CONFIGURATION_KINDS, type ConfigurationObject } from './document.ts';
import type { KindLookup } from './kinds.ts';

/** Of a BGPPeer: whoever may read the document may not read it. */
const SECRETS: ReadonlySet<string> = new Set(['password']);
/** What the pools of the document say already: a pool may have many thousand ranges. */
const SAID_OF_POOLS: ReadonlySet<string> = new Set(['addresses', 'autoAssign']);

/** By kind and name. */
export const describeConfiguration = (kindOf: KindLookup): readonly ConfigurationObject[] =>
  DESCRIBED_KINDS.flatMap(({ kind, describe }) =>
    kindOf(kind)
      .objects.map(describe)
      .sort((a, b) => compareText(a.name, b.name)),
  );

/** Each object is described once: a document is made for every change, and most are of Services. */
const DESCRIBED_KINDS = CONFIGURATION_KINDS.map((kind) => ({
  kind,
  describe: rememberByObject((raw: Raw) => describeObject(kind, raw)),
}));

function describeObject(kind: ConfigurationObject['kind'], raw: Raw): ConfigurationObject {
  const labels = labelsOf(raw);
  const isLeftOut = (name: string): boolean =>
    SECRETS.has(name) || (kind === 'IPAddressPool' && SAID_OF_POOLS.has(name));
  const spec = Object.entries(specOf(raw)).filter(([name]) => !isLeftOut(name));
  return {
    kind,
    name: nameOf(raw),
    fields: Object.fromEntries([
      // Advertisements select pools by their labels.
      ...(Object.keys(labels).length === 0 ? [] : [['metadata.labels', labels] as const]),
      ...spec.map(([name, value]) => [`spec.${name}`, value] as const),
    ]),
    generation: numberOf(metadataOf(raw)['generation']) ?? null,
    edited: lastEditOf(raw),
  };
}
