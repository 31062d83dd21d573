/** P1: addresses of pools and Services that are not in serviceLoadBalancerIPs. */

import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import { inflect, listSome } from '../../base/text.ts';
import type { ObjectRef, Remedy } from '../../findings/finding.ts';
import { formatPrefix, prefixContains } from '../../net/prefix.ts';
import {
  type AddressRange,
  formatRange,
  mergeRanges,
  rangeContains,
  rangePrefixes,
  rangesOverlap,
  subtractRanges,
} from '../../net/range.ts';
import { specOf } from '../../objects/metadata.ts';
import { formatFieldPath } from '../objects/known-fields.ts';
import { readRangeEntry } from '../objects/prefixes.ts';
import type { AssignedAddress } from './assigned-addresses.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import {
  type ClusterSnapshot,
  configure,
  DEFAULT_CONFIGURATION,
  entryRanges,
  findObject,
  poolRef,
  serviceRef,
} from './snapshot.ts';
import { misspelledField, renameFieldEdits } from './unknown-fields.ts';

const LIST_FIELD = 'spec.serviceLoadBalancerIPs';

/** A part of a pool, or the address of a Service outside of all pools. */
type OwnedRange = { readonly range: AddressRange; readonly label: string; readonly owner: ObjectRef };

const P1: DiagnosticCheck = {
  code: 'P1',
  needs: ['BGPConfiguration'],
  question: 'whether Calico announces the addresses of the pools',
  find(snapshot) {
    const unlisted = unlistedRanges(snapshot);
    const announced = entryRanges(snapshot.converged.ranges.aggregated);
    const split = (keep: 'inside' | 'outside'): readonly OwnedRange[] =>
      unlisted.flatMap((one) => {
        const outside = subtractRanges([one.range], announced);
        const parts = keep === 'outside' ? outside : subtractRanges([one.range], outside);
        return parts.map((range) => ({ ...one, range }));
      });
    const [missing, misplaced] = [split('outside'), split('inside')];
    return [
      ...(missing.length === 0 ? [] : [missingRanges(snapshot, missing)]),
      ...(misplaced.length === 0 ? [] : [misplacedRanges(snapshot, misplaced)]),
    ];
  },
};

function unlistedRanges(snapshot: ClusterSnapshot): readonly OwnedRange[] {
  const listed = entryRanges(snapshot.converged.cluster.configuration.loadBalancerIPs);
  const pooled = snapshot.pools.flatMap(({ ranges }) => ranges);
  const unlearned = new Set(snapshot.unlearned.map(({ address }) => address));
  return [
    ...snapshot.pools.flatMap(({ name, ranges }) =>
      subtractRanges(ranges, listed).map((range) => ({
        range,
        label: `pool ${name}`,
        owner: poolRef(snapshot, name),
      })),
    ),
    ...snapshot.assigned.flatMap((one) => {
      const range = singleRange(one);
      // An address can be announced as an externalIP of its Service.
      const isAnnounced = snapshot.converged.ranges.allowsExternal(one.address) && !unlearned.has(one.text);
      if (isAnnounced && !isInWideRange(snapshot, one)) return [];
      if (subtractRanges([range], [...listed, ...pooled]).length === 0) return [];
      return one.services.map(({ key }) => ({ range, label: `Service ${key}`, owner: serviceRef(key) }));
    }),
  ];
}

const singleRange = ({ address: { family, bits } }: AssignedAddress): AddressRange => ({
  family,
  first: bits,
  last: bits,
});

const isInWideRange = ({ converged }: ClusterSnapshot, { address }: AssignedAddress): boolean =>
  converged.ranges.aggregated.some(({ prefix }) => prefix !== null && prefixContains(prefix, address));

const describeRanges = (
  owned: readonly OwnedRange[],
): { readonly ranges: readonly AddressRange[]; readonly text: string; readonly isSingle: boolean } => {
  const ranges = mergeRanges(owned.map(({ range }) => range));
  const labels = [...new Set(owned.map(({ label }) => label))];
  return {
    ranges,
    text: `${listSome(ranges.map(formatRange))} of ${listSome(labels)}`,
    isSingle: ranges.length === 1 && ranges.every(({ first, last }) => first === last),
  };
};

const ownersOf = (owned: readonly OwnedRange[]): readonly ObjectRef[] => [
  ...new Map(owned.map(({ label, owner }) => [label, owner])).values(),
];

function missingRanges(snapshot: ClusterSnapshot, missing: readonly OwnedRange[]): CheckResult {
  const { ranges, text, isSingle } = describeRanges(missing);
  const { remedy, edits } = listRanges(snapshot, ranges);
  return {
    severity: 'error',
    object: DEFAULT_CONFIGURATION,
    field: LIST_FIELD,
    problem: `Calico does not announce ${text}. No entry of serviceLoadBalancerIPs contains ${isSingle ? 'it, so clients cannot reach the Service' : 'them, so clients cannot reach Services with these addresses'}.`,
    remedy,
    edits,
    concerns: ownersOf(missing),
    explains: ({ isListed }) => !isListed,
  };
}

/** Adds the ranges to the list, or corrects the name of the field that has them. */
function listRanges(snapshot: ClusterSnapshot, ranges: readonly AddressRange[]): Remedy {
  const raw = findObject(snapshot, 'BGPConfiguration', 'default');
  const spec = specOf(raw);
  const misspelled = misspelledField(raw, 'serviceLoadBalancerIPs');
  const written = listOf(spec[String(misspelled?.path.at(-1))]).map((one) =>
    readRangeEntry(textOf(fieldsOf(one)['cidr'])),
  );
  if (
    misspelled !== null &&
    spec['serviceLoadBalancerIPs'] === undefined &&
    subtractRanges(ranges, entryRanges(written)).length === 0
  )
    return {
      remedy: `Correct the name of ${formatFieldPath(misspelled.path)}: the field is serviceLoadBalancerIPs.`,
      edits: renameFieldEdits(raw, misspelled),
    };
  const cidrs = ranges.flatMap(rangePrefixes).map(formatPrefix);
  return {
    remedy: `Add ${listSome(cidrs.map((cidr) => `"- cidr: ${cidr}"`))} to ${LIST_FIELD} of BGPConfiguration default.`,
    edits: [
      configure(snapshot, { serviceLoadBalancerIPs: withEntries(spec['serviceLoadBalancerIPs'], cidrs) }),
    ],
  };
}

const withEntries = (list: unknown, cidrs: readonly string[]): readonly unknown[] => [
  ...listOf(list),
  ...cidrs.map((cidr) => ({ cidr })),
];

/** Ranges that another list has: nodes announce them as a whole. Host routes of Local Services are missing. */
function misplacedRanges(snapshot: ClusterSnapshot, misplaced: readonly OwnedRange[]): CheckResult {
  const { externalIPs } = snapshot.converged.cluster.configuration;
  const { ranges, text } = describeRanges(misplaced);
  const isExternal = entryRanges(externalIPs).some((one) =>
    ranges.some((range) => rangesOverlap(one, range)),
  );
  const list = isExternal ? 'serviceExternalIPs' : 'serviceClusterIPs';
  const misdirected = snapshot.misdirected.filter(({ assigned }) =>
    ranges.some((range) => rangeContains(range, assigned.address)),
  );
  const { remedy, edits } = moveEntries(snapshot, ranges);
  return {
    severity: misdirected.length > 0 ? 'error' : 'warning',
    object: DEFAULT_CONFIGURATION,
    field: LIST_FIELD,
    problem: `${text} ${inflect(ranges.length, 'is', 'are')} listed in ${list} instead of serviceLoadBalancerIPs. Nodes announce the range, but no host routes of Local Services.`,
    remedy,
    edits,
    concerns: ownersOf(misplaced),
    mentioned: [...new Set(misdirected.map(({ assigned }) => assigned.text))],
  };
}

/** Moves entries of externalIPs that contain the ranges. They stay where externalIPs use them, or without aggregation. */
function moveEntries(snapshot: ClusterSnapshot, ranges: readonly AddressRange[]): Remedy {
  const { configuration, services } = snapshot.converged.cluster;
  const spec = specOf(findObject(snapshot, 'BGPConfiguration', 'default'));
  const containing = configuration.externalIPs.filter((entry) =>
    entryRanges([entry]).some((one) => ranges.some((range) => rangesOverlap(one, range))),
  );
  const texts = containing.map(({ text }) => text);
  if (texts.length === 0) return listRanges(snapshot, ranges);
  const externalIPs = [...services.values()].flatMap((service) => service.externalIPs);
  const isInUse = containing.some(
    ({ prefix }) => prefix !== null && externalIPs.some((address) => prefixContains(prefix, address)),
  );
  const stays = isInUse || !configuration.aggregation;
  return {
    remedy: `${stays ? 'Add' : 'Move'} ${listSome(texts)} to serviceLoadBalancerIPs.`,
    edits: [
      configure(snapshot, {
        serviceLoadBalancerIPs: withEntries(spec['serviceLoadBalancerIPs'], texts),
        ...(stays
          ? {}
          : {
              serviceExternalIPs: listOf(spec['serviceExternalIPs']).filter(
                (one) => !texts.includes(textOf(fieldsOf(one)['cidr'])),
              ),
            }),
      }),
    ],
  };
}

export const UNLISTED_RANGE_CHECKS: readonly DiagnosticCheck[] = [P1];
