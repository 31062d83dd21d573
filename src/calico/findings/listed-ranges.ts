/** Checks of the settings for ranges of Services: P2, P3. */

import { listOf, type Raw } from '../../base/json.ts';
import { inflect, listSome } from '../../base/text.ts';
import { samePrefix } from '../../net/prefix.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import type { ConvergedCluster } from '../cluster/converged-cluster.ts';
import { wideRanges } from '../confd/service-ranges.ts';
import { RANGE_LISTS } from '../objects/configuration.ts';
import type { RangeEntry } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { configure, DEFAULT_CONFIGURATION, defaultSpec, objectRefOf, patchOf } from './snapshot.ts';

/** Settings that Calico reads from `node.<name>`, too. */
const PER_NODE = new Set(['prefixAdvertisements', 'communities', 'listenPort', 'logSeverityScreen']);

const P2: DiagnosticCheck = {
  code: 'P2',
  needs: ['BGPConfiguration'],
  question: 'whether settings are in an object that Calico does not read',
  find(snapshot) {
    const { nodeConfigurations } = snapshot.converged.cluster;
    return snapshot.objectsOf('BGPConfiguration').flatMap((raw): readonly CheckResult[] => {
      const name = nameOf(raw);
      if (name === 'default') return [];
      const spec = specOf(raw);
      const isPerNode = nodeConfigurations.has(name.replace(/^node\./, '')) && name.startsWith('node.');
      const ignoredFields = Object.keys(spec).filter((field) => !isPerNode || !PER_NODE.has(field));
      if (name.startsWith('node.') && !isPerNode && !snapshot.isKindKnown('Node')) return [];
      if (ignoredFields.length === 0) return [];
      const movedFields = missingSettings(defaultSpec(snapshot), spec, ignoredFields);
      const removal = isPerNode
        ? patchOf(objectRefOf(raw), { spec: Object.fromEntries(ignoredFields.map((field) => [field, null])) })
        : ({ do: 'delete', object: objectRefOf(raw) } as const);
      return [
        {
          severity: Object.keys(movedFields).length > 0 ? 'error' : 'warning',
          object: objectRefOf(raw),
          field: `spec.${ignoredFields[0]}`,
          problem: `Calico ignores ${listSome(ignoredFields)} in BGPConfiguration ${name}. It reads ${inflect(ignoredFields.length, 'this setting', 'these settings')} only from the object named default.`,
          remedy: `Move ${inflect(ignoredFields.length, 'the setting', 'the settings')} to BGPConfiguration default, and ${isPerNode ? 'remove them here' : 'delete this object'}.`,
          edits: [
            ...(Object.keys(movedFields).length > 0 ? [configure(snapshot, movedFields)] : []),
            removal,
          ],
          explains: ({ isListed }) => !isListed && RANGE_LISTS.some((list) => ignoredFields.includes(list)),
        },
      ];
    });
  },
};

/** What `default` lacks of the ignored object's settings; its own settings take precedence. */
function missingSettings(own: Raw, from: Raw, fields: readonly string[]): Raw {
  const moved: Record<string, unknown> = {};
  for (const field of fields) {
    if (!Array.isArray(from[field])) {
      if (own[field] === undefined) moved[field] = from[field];
      continue;
    }
    const existing = listOf(own[field]);
    const texts = new Set(existing.map((one) => JSON.stringify(one)));
    const added = listOf(from[field]).filter((one) => !texts.has(JSON.stringify(one)));
    if (added.length > 0) moved[field] = [...existing, ...added];
  }
  return moved;
}

/** Whether BIRD of some node has it as a static route. Without a Node in the input, nodes are taken to have it. */
function isAnnounced({ nodeStates }: ConvergedCluster, { prefix }: RangeEntry): boolean {
  if (prefix === null) return false;
  const announced = nodeStates.map(({ birds }) => birds[prefix.family]?.loaded?.included.aggregated ?? []);
  return announced.length === 0 || announced.some((all) => all.some((one) => samePrefix(one, prefix)));
}

const P3: DiagnosticCheck = {
  code: 'P3',
  needs: ['BGPConfiguration'],
  question: 'whether whole ranges are announced',
  find({ converged, backend }) {
    const { configuration, behaviour } = converged.cluster;
    if (!configuration.aggregation || backend.isRunning === false) return [];
    const entries = wideRanges(configuration.loadBalancerIPs).filter((one) => isAnnounced(converged, one));
    if (entries.length === 0) return [];
    return [
      {
        severity: 'hint',
        object: DEFAULT_CONFIGURATION,
        field: 'spec.serviceLoadBalancerIPs',
        problem: `Every node without the exclude label announces ${listSome(entries.map(({ text }) => text))} as a whole, with or without Services. Traffic to unused addresses reaches the nodes and is dropped. No other cluster can share the range.`,
        remedy: behaviour.knowsAggregation
          ? 'Keep it if no other cluster uses the range. Otherwise set spec.serviceLoadBalancerAggregation: Disabled.'
          : 'Keep it if no other cluster uses the range. Announcing single addresses alone needs Calico 3.31.',
      },
    ];
  },
};

export const LISTED_RANGE_CHECKS: readonly DiagnosticCheck[] = [P2, P3];
