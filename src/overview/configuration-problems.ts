/** What is wrong with the configuration: as the programs report it, and as these objects read here. */
import { readClusterConfig } from '../announce/config/node-config.ts';
import { formatObjectIssue, isWarningIssue, type ObjectIssue } from '../announce/config/object-issue.ts';
import { type Raw, textOf } from '../base/json.ts';
import { abbreviateNames } from '../base/text.ts';
import { nameOf, statusOf } from '../objects/metadata.ts';
import type { Problem } from './problem.ts';

export type ConfigurationObjects = {
  readonly states: readonly Raw[];
  readonly advertisements: readonly Raw[];
  readonly layer2: readonly Raw[];
  readonly communities: readonly Raw[];
  readonly bfdProfiles: readonly Raw[];
  readonly pools: readonly Raw[];
};

/** `states` are ConfigurationState objects. Issues of pools are problems of the pools: they are left out here. */
export function configurationProblems(
  objects: ConfigurationObjects,
  { namespace }: { readonly namespace: string },
): readonly Problem[] {
  const found = new Map<string, Problem>();
  for (const issue of issuesOf(objects, namespace)) {
    const says = formatObjectIssue(issue);
    found.set(says, {
      code: 'ConfigurationInvalid',
      severity: isWarningIssue(issue) ? 'warning' : 'error',
      object: { kind: issue.kind, namespace, name: issue.name },
      says: `${says}.`,
      ...{ fix: FIX, command: null, count: 1 },
    });
  }
  for (const [line, components] of reportedLines(objects.states)) {
    if (/^IPAddressPool /.test(line) || found.has(line)) continue;
    found.set(line, {
      ...{ code: 'ConfigurationInvalid', severity: 'error', count: components.length },
      object: { kind: 'ConfigurationState', namespace, name: components[0] ?? '' },
      says: `${line}. Reported by ${abbreviateNames(components)}.`,
      ...{ fix: FIX, command: null },
    });
  }
  return [...found.values()];
}

const FIX = 'Correct that object. Until then its last valid version stays in force.';

function issuesOf(objects: ConfigurationObjects, namespace: string): readonly ObjectIssue[] {
  const cluster = readClusterConfig({ ...objects, peers: [], secrets: [] }, { namespace }, null);
  const advertisements = cluster.advertisements.flatMap(({ candidate }) => {
    const { identity, issues } = candidate();
    return issues.map((issue) => ({ kind: 'BGPAdvertisement', name: identity.name, issue }));
  });
  return [
    ...cluster.aliases.issues,
    ...cluster.bfdProfiles.issues,
    ...cluster.layer2Issues,
    ...advertisements,
  ];
}

/** Each line of the summaries, with the components that report it, in the order of their names. */
function reportedLines(states: readonly Raw[]): ReadonlyMap<string, readonly string[]> {
  const byLine = new Map<string, string[]>();
  for (const raw of states.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    const summary = textOf(statusOf(raw)['errorSummary']);
    for (const text of summary.split('\n')) {
      const line = text.replace(/^configuration error: /, '').trim();
      if (line === '') continue;
      byLine.set(line, [...(byLine.get(line) ?? []), nameOf(raw)]);
    }
  }
  return byLine;
}
