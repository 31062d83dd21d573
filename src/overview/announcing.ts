/** Who announces addresses: Calico, speakers by BGP, speakers by layer 2; and what of that is not known. */

import type {
  AnnouncingOverview,
  HostConflict,
  Layer2Overview,
  SpeakerOverview,
} from './announcing-document.ts';
import type { CalicoFacts } from './calico-overview.ts';
import { type KindLookup, layer2Owners } from './kinds.ts';
import { isRead, isUnread, type Known } from './knowledge.ts';
import { joinRoutes } from './route-groups.ts';
import type { SpeakerFindings } from './speaker-findings.ts';
import { readSpeakerReports } from './speaker-report.ts';
import { countSessions, doesRun } from './speakers-overview.ts';

export function describeAnnouncing(
  kindOf: KindLookup,
  {
    calico,
    speakers,
    findings,
  }: {
    readonly calico: Known<CalicoFacts | null>;
    readonly speakers: readonly SpeakerOverview[] | null;
    readonly findings: Known<SpeakerFindings | null>;
  },
): AnnouncingOverview {
  const found = speakers ?? [];
  const facts = calico.known ? calico.value : null;
  const routes = [facts?.routes, findings.known ? findings.value?.routes : null].filter((one) => one != null);
  return {
    calico: facts?.overview ?? null,
    speakers: found.length === 0 ? null : found,
    sessions: found.length === 0 ? null : countSessions(found),
    layer2: describeLayer2(kindOf, found),
    routes: routes.length === 0 ? null : joinRoutes(routes),
    unknown: [
      ...(calico.known ? [] : [`what Calico announces is not known: ${calico.says}`]),
      ...(facts?.undecided ?? []),
      ...(findings.known ? (findings.value?.undecided ?? []) : []),
      ...(['SpeakerStatus', 'ServiceL2Status'] as const).flatMap((kind) => {
        const { reading } = kindOf(kind);
        return isUnread(reading) ? [`what speakers announce is not known: ${reading.says}`] : [];
      }),
    ],
  };
}

/** Null where no speaker answers by layer 2. */
function describeLayer2(kindOf: KindLookup, speakers: readonly SpeakerOverview[]): Layer2Overview | null {
  const owned = new Map<string, number>();
  for (const node of layer2Owners(kindOf('ServiceL2Status').objects).values())
    owned.set(node, (owned.get(node) ?? 0) + 1);
  const answering = new Map(
    speakers.flatMap((one) => (one.interfaces === null && !owned.has(one.node) ? [] : [[one.node, one]])),
  );
  const names = [...new Set([...answering.keys(), ...owned.keys()])].sort();
  if (names.length === 0) return null;
  const arePublished = isRead(kindOf('SpeakerStatus').reading);
  return {
    nodes: names.map((node) => ({
      node,
      // Where its SpeakerStatus is gone, so is the speaker.
      state: answering.get(node)?.state ?? (arePublished ? 'down' : 'unknown'),
      services: owned.get(node) ?? 0,
    })),
    conflicts: conflictsOf(kindOf, new Set(speakers.filter(doesRun).map(({ node }) => node))),
  };
}

/** What dead speakers have seen counts no more. */
const conflictsOf = (kindOf: KindLookup, running: ReadonlySet<string>): readonly HostConflict[] =>
  readSpeakerReports(kindOf('SpeakerStatus').objects).flatMap(({ node, conflicts }) =>
    running.has(node) ? conflicts : [],
  );
