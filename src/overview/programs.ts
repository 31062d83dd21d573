/** The programs of Berth as the document shows them: controller and speakers. */
import type { Millis } from '../base/clock.ts';
import { fieldsOf, numberOf, type Raw, textOf } from '../base/json.ts';
import { nameOf, specOf } from '../objects/metadata.ts';
import { decodeNode } from '../objects/node.ts';
import type { SpeakerOverview } from './announcing-document.ts';
import { describeController, type LeaseFacts } from './controller-overview.ts';
import type { ControllerOverview, RecentChange } from './document.ts';
import type { KindLookup } from './kinds.ts';
import { isRead, type KindObjects, type Known, known } from './knowledge.ts';
import { LEASE_NAME, leaderChange, sessionChange } from './program-changes.ts';
import { type ProgramPod, readProgramPods } from './program-pods.ts';
import { latestChanges } from './recent-changes.ts';
import { readSpeakerReports } from './speaker-report.ts';
import { describeSpeakers, type NodeFacts } from './speakers-overview.ts';

export type Programs = {
  readonly controller: ControllerOverview;
  readonly pods: Known<readonly ProgramPod[]>;
  /** Null where SpeakerStatus objects could not be read. */
  readonly speakers: readonly SpeakerOverview[] | null;
  /** The latest, in no order. */
  readonly changes: readonly RecentChange[];
};

export function describePrograms(
  kindOf: KindLookup,
  { namespace }: { readonly namespace: string },
  wall: Millis,
): Programs {
  const pods = readKnown(kindOf('Pod'), readProgramPods);
  const nodes = readKnown(kindOf('Node'), readNodes);
  const lease = readKnown(kindOf('Lease'), readLeaseFacts);
  const deadNodes = new Set(
    nodes.known
      ? [...nodes.value.values()].filter(({ isReady }) => isReady === false).map(({ name }) => name)
      : [],
  );
  const controller = describeController({ lease, pods, deadNodes, namespace }, wall);
  const reports = readKnown(kindOf('SpeakerStatus'), readSpeakerReports);
  const speakers = reports.known ? describeSpeakers({ reports: reports.value, pods, nodes }, wall) : null;
  const leader = leaderChange(controller);
  return {
    controller,
    pods,
    speakers,
    changes: [...(leader === null ? [] : [leader]), ...latestChanges(sessionChanges(speakers ?? []))],
  };
}

function readKnown<T>({ reading, objects }: KindObjects, read: (objects: readonly Raw[]) => T): Known<T> {
  return isRead(reading) ? known(read(objects)) : { known: false, says: reading.says ?? '' };
}

const readNodes = (raws: readonly Raw[]): ReadonlyMap<string, NodeFacts> =>
  new Map(
    raws.map((raw) => {
      const { name, isReady } = decodeNode(raw);
      return [name, { name, isReady }];
    }),
  );

function readLeaseFacts(raws: readonly Raw[]): LeaseFacts | null {
  const raw = raws.find((one) => nameOf(one) === LEASE_NAME);
  if (raw === undefined) return null;
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime } = fieldsOf(specOf(raw));
  return {
    holder: textOf(holderIdentity),
    duration: (numberOf(leaseDurationSeconds) ?? 0) * 1000,
    ...{ acquireTime: textOf(acquireTime), renewTime: textOf(renewTime) },
  };
}

function* sessionChanges(speakers: readonly SpeakerOverview[]): Generator<RecentChange> {
  for (const { node, sessions } of speakers)
    for (const session of sessions) {
      const change = sessionChange(node, session);
      if (change !== null) yield change;
    }
}
