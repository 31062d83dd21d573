/** P9: prefixes with host bits, which BIRD rejects wherever confd writes them. */

import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import { inflect, listSome } from '../../base/text.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { RANGE_LISTS, type RangeList, rangesInList } from '../objects/configuration.ts';
import { type RangeEntry, readRangeEntry } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import {
  type ClusterSnapshot,
  configure,
  DEFAULT_CONFIGURATION,
  defaultSpec,
  objectRefOf,
  patchOf,
} from './snapshot.ts';

/** The entries of a list in `default` that confd writes for BIRD. */
function renderedEntries(snapshot: ClusterSnapshot, list: RangeList): readonly RangeEntry[] {
  const { aggregated } = snapshot.converged.ranges;
  const { configuration } = snapshot.converged.cluster;
  return rangesInList(configuration, list).filter((entry) => aggregated.includes(entry));
}

const P9: DiagnosticCheck = {
  code: 'P9',
  needs: ['BGPConfiguration'],
  question: 'whether a range has host bits, which BIRD rejects',
  find(snapshot) {
    return [
      ...checkServiceRanges(snapshot),
      ...checkPrefixAdvertisements(snapshot),
      ...checkFilters(snapshot),
    ];
  },
};

/** A list of objects with a `cidr`, with the host bits cleared. */
const clearListHostBits = (list: unknown): readonly unknown[] =>
  listOf(list).map((one) => {
    const entry = fieldsOf(one);
    return entry['cidr'] === undefined ? one : { ...entry, cidr: clearHostBits(textOf(entry['cidr'])) };
  });

const clearHostBits = (text: string): string => withoutHostBits(text) ?? text;

/** The prefix without its host bits; null where it has none. */
function withoutHostBits(text: string): string | null {
  const { prefix, hostBits } = readRangeEntry(text);
  return prefix !== null && hostBits ? formatPrefix(prefix) : null;
}

function checkServiceRanges(snapshot: ClusterSnapshot): readonly CheckResult[] {
  return RANGE_LISTS.flatMap((list): readonly CheckResult[] => {
    const entries = renderedEntries(snapshot, list).filter(({ hostBits }) => hostBits);
    if (entries.length === 0) return [];
    const families = new Set(entries.map(({ prefix }) => prefix?.family));
    return [
      {
        severity: 'error',
        object: DEFAULT_CONFIGURATION,
        field: `spec.${list}`,
        problem: `BIRD rejects its configuration on every node: ${listSome(entries.map(({ text }) => text))} in ${list} ${inflect(entries.length, 'has', 'have')} host bits. It ignores every later change, and announces nothing after a restart.`,
        remedy: `Write ${listSome(entries.map(({ text }) => withoutHostBits(text) ?? text))}.`,
        edits: [configure(snapshot, { [list]: clearListHostBits(defaultSpec(snapshot)[list]) })],
        explains: ({ family, isListed }) => isListed && families.has(family),
      },
    ];
  });
}

function checkPrefixAdvertisements(snapshot: ClusterSnapshot): readonly CheckResult[] {
  const { configuration, nodeConfigurations } = snapshot.converged.cluster;
  return [configuration, ...nodeConfigurations.values()].flatMap((one): readonly CheckResult[] => {
    const bad = (one.prefixAdvertisements ?? []).map(({ range }) => range).filter(({ hostBits }) => hostBits);
    if (bad.length === 0) return [];
    const raw = snapshot.objectsOf('BGPConfiguration').find((object) => nameOf(object) === one.name) ?? {};
    const families = new Set(bad.map(({ prefix }) => prefix?.family));
    return [
      {
        severity: 'error',
        object: objectRefOf(raw),
        field: 'spec.prefixAdvertisements',
        problem: `BIRD rejects its configuration: ${listSome(bad.map(({ text }) => text))} in prefixAdvertisements ${inflect(bad.length, 'has', 'have')} host bits. It does not start with them; where it runs, it ignores later changes of peers and nodes.`,
        remedy: `Write ${listSome(bad.map(({ text }) => withoutHostBits(text) ?? text))}.`,
        edits: [
          patchOf(objectRefOf(raw), {
            spec: { prefixAdvertisements: clearListHostBits(specOf(raw)['prefixAdvertisements']) },
          }),
        ],
        explains: ({ family, isListed }) => isListed && families.has(family),
      },
    ];
  });
}

const RULES = { exportV4: 4, importV4: 4, exportV6: 6, importV6: 6 } as const;

function checkFilters(snapshot: ClusterSnapshot): readonly CheckResult[] {
  return snapshot.objectsOf('BGPFilter').flatMap((raw) =>
    Object.entries(RULES).flatMap(([list, family]): readonly CheckResult[] => {
      const rules = listOf(specOf(raw)[list]).map((one) => textOf(fieldsOf(one)['cidr']));
      const bad = rules.filter((text) => withoutHostBits(text) !== null);
      if (bad.length === 0) return [];
      return [
        {
          severity: 'error',
          object: objectRefOf(raw),
          field: `spec.${list}[${rules.indexOf(bad[0] ?? '')}].cidr`,
          problem: `BIRD rejects its configuration on every node: ${listSome(bad)} in BGPFilter ${nameOf(raw)} ${inflect(bad.length, 'has', 'have')} host bits. Calico writes every BGPFilter on every node, used or not.`,
          remedy: `Write ${listSome(bad.map((text) => withoutHostBits(text) ?? text))}.`,
          edits: [patchOf(objectRefOf(raw), { spec: { [list]: clearListHostBits(specOf(raw)[list]) } })],
          explains: (unlearned) => unlearned.isListed && unlearned.family === family,
        },
      ];
    }),
  );
}

export const HOST_BIT_CHECKS: readonly DiagnosticCheck[] = [P9];
