/** Checks of community tags that routes do not carry as intended: P23, P37. */

import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { closestMatch, inflect, listSome } from '../../base/text.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { isCommunityValue, isValidCommunity } from '../confd/communities.ts';
import { localAS } from '../confd/session-config.ts';
import { coversPrefix } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { type ClusterSnapshot, DEFAULT_CONFIGURATION, findObject, objectRefOf, patchOf } from './snapshot.ts';

/** The BGPConfigurations whose communities Calico reads. */
const communityConfigurations = (snapshot: ClusterSnapshot): readonly Raw[] =>
  snapshot
    .objectsOf('BGPConfiguration')
    .filter((raw) => nameOf(raw) === 'default' || nameOf(raw).startsWith('node.'));

const definitions = (spec: Raw): ReadonlyMap<string, string> =>
  new Map(
    listOf(spec['communities']).map((one) => [textOf(fieldsOf(one)['name']), textOf(fieldsOf(one)['value'])]),
  );

const advertisements = (spec: Raw): readonly Raw[] => listOf(spec['prefixAdvertisements']).map(fieldsOf);

const P23: DiagnosticCheck = {
  code: 'P23',
  needs: ['BGPConfiguration'],
  question: 'whether routes carry the configured communities',
  find: (snapshot) => [
    ...communityConfigurations(snapshot).flatMap(checkUndefinedCommunities),
    ...checkNarrowAdvertisements(snapshot),
  ],
};

function checkUndefinedCommunities(raw: Raw): readonly CheckResult[] {
  const spec = specOf(raw);
  const known = definitions(spec);
  const all = [...new Set(advertisements(spec).flatMap((one) => textsOf(one['communities'])))];
  const undefinedNames = all.filter((name) => !known.has(name) && !isCommunityValue(name));
  if (undefinedNames.length === 0) return [];
  const suggest = (name: string): readonly string[] => {
    const suggestion = closestMatch(name, known.keys());
    return suggestion === null ? [] : [suggestion];
  };
  const [first = ''] = undefinedNames;
  const suggestion = suggest(first)[0];
  return [
    {
      severity: 'warning',
      object: objectRefOf(raw),
      field: 'spec.prefixAdvertisements',
      problem: `Routes lack the ${inflect(undefinedNames.length, 'community', 'communities')} ${listSome(undefinedNames)}, which BGPConfiguration ${nameOf(raw)} does not define. Calico silently drops unknown names.`,
      remedy:
        suggestion === undefined
          ? 'Define it in spec.communities, or write its value.'
          : `Did you mean ${suggestion}?`,
      edits: [
        patchOf(objectRefOf(raw), {
          spec: {
            prefixAdvertisements: advertisements(spec).map((one) => ({
              ...one,
              communities: [
                ...new Set(
                  textsOf(one['communities']).flatMap((name) =>
                    undefinedNames.includes(name) ? suggest(name) : [name],
                  ),
                ),
              ],
            })),
          },
        }),
      ],
    },
  ];
}

/** Ranges that are announced as a whole while prefixAdvertisements name only a part: the route has no community. */
function checkNarrowAdvertisements(snapshot: ClusterSnapshot): readonly CheckResult[] {
  const { configuration } = snapshot.converged.cluster;
  const tagged = (configuration.prefixAdvertisements ?? []).flatMap(({ range }) => range.prefix ?? []);
  const spec = specOf(findObject(snapshot, 'BGPConfiguration', 'default'));
  return snapshot.converged.ranges.aggregated.flatMap(({ prefix, text }): readonly CheckResult[] => {
    if (prefix === null || tagged.some((one) => coversPrefix(one, prefix))) return [];
    const inner = tagged.filter((one) => coversPrefix(prefix, one));
    if (inner.length === 0) return [];
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: 'spec.prefixAdvertisements',
        problem: `The route for ${text} has no community: prefixAdvertisements ${listSome(inner.map(formatPrefix))} ${inflect(inner.length, 'is', 'are')} narrower than the announced range.`,
        remedy: `Write cidr: ${formatPrefix(prefix)} in prefixAdvertisements.`,
        edits: [
          patchOf(DEFAULT_CONFIGURATION, {
            spec: {
              prefixAdvertisements: advertisements(spec).map((one) =>
                inner.some((narrower) => isWrittenAs(narrower, textOf(one['cidr'])))
                  ? { ...one, cidr: formatPrefix(prefix) }
                  : one,
              ),
            },
          }),
        ],
      },
    ];
  });
}

const isWrittenAs = (prefix: Prefix, text: string): boolean => formatPrefix(prefix) === text;

const P37: DiagnosticCheck = {
  code: 'P37',
  needs: ['BGPConfiguration'],
  question: 'whether every community is valid',
  find: (snapshot) =>
    communityConfigurations(snapshot).flatMap((raw): readonly CheckResult[] => {
      const spec = specOf(raw);
      const known = definitions(spec);
      const used = [...new Set(advertisements(spec).flatMap((one) => textsOf(one['communities'])))];
      const bad = used.filter((name) => {
        const value = known.get(name) ?? name;
        return isCommunityValue(value) && !isValidCommunity(value);
      });
      if (bad.length === 0) return [];
      const [first] = snapshot.converged.cluster.nodes;
      const as = first === undefined ? 0 : localAS(snapshot.converged.cluster, first);
      const corrected = (value: string): string => {
        const parts = value.split(':');
        return parts.length === 2 && isValidCommunity(`${value}:0`) ? `${as}:${value}` : `${as}:0:0`;
      };
      const correct = (value: string): string =>
        isCommunityValue(value) && !isValidCommunity(value) ? corrected(value) : value;
      const values = bad.map((name) => known.get(name) ?? name);
      return [
        {
          severity: 'error',
          object: objectRefOf(raw),
          field: 'spec.communities',
          problem: `BIRD rejects its configuration on every node: ${inflect(values.length, 'community', 'communities')} ${listSome(values)} ${inflect(values.length, 'is', 'are')} out of range. Parts of a standard community are at most 65535, of a large one 4294967295.`,
          remedy: `Write a valid community, such as the large community ${corrected(values[0] ?? '0:0')}.`,
          edits: [
            patchOf(objectRefOf(raw), {
              spec: {
                ...(spec['communities'] === undefined
                  ? {}
                  : {
                      communities: listOf(spec['communities']).map((one) => ({
                        ...fieldsOf(one),
                        value: correct(textOf(fieldsOf(one)['value'])),
                      })),
                    }),
                prefixAdvertisements: advertisements(spec).map((one) => ({
                  ...one,
                  communities: textsOf(one['communities']).map(correct),
                })),
              },
            }),
          ],
          explains: ({ isListed }) => isListed,
        },
      ];
    }),
};

export const COMMUNITY_CHECKS: readonly DiagnosticCheck[] = [P23, P37];
