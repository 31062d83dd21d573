/** What the speaker of a node has reported: its SpeakerStatus, read. */

import { fieldsOf, listOf, numberOf, type Raw, textOf, textOrNull } from '../base/json.ts';
import { ownValue } from '../base/own-value.ts';
import { rememberByObject } from '../base/remember.ts';
import { compareText } from '../base/text.ts';
import { nameOf, statusOf } from '../objects/metadata.ts';
import { readRunsInPod } from '../objects/speaker-pod.ts';
import type { HostConflict, SessionOverview } from './announcing-document.ts';

export type SpeakerReport = {
  readonly node: string;
  /** Null where it does not say so. */
  readonly runsInPod: boolean | null;
  readonly phase: 'speaking' | 'draining' | 'left' | 'stopped';
  readonly reported: string;
  readonly services: number | null;
  readonly sessions: readonly ReportedSession[];
  readonly interfaces: readonly string[] | null;
  readonly conflicts: readonly HostConflict[];
};

export type ReportedSession = Omit<SessionOverview, 'state'> & {
  readonly state: 'up' | 'down' | 'bridged';
  /** Until when the router retains the routes; '' for another state than `bridged`. */
  readonly until: string;
};

/** Sorted by node. Objects that no speaker has filled are left out. */
export const readSpeakerReports = (raws: readonly Raw[]): readonly SpeakerReport[] =>
  raws.flatMap((raw) => readSpeakerReport(raw) ?? []).sort((a, b) => compareText(a.node, b.node));

const PHASES: Readonly<Record<string, SpeakerReport['phase']>> = {
  speaking: 'speaking',
  draining: 'draining',
  left: 'left',
  stopped: 'stopped',
};

/** Each object is read once: a document is made for every change, and five hundred nodes may have twenty thousand sessions. */
const readSpeakerReport = rememberByObject((raw: Raw): SpeakerReport | null => {
  const { pod, phase, time, announced, sessions, layer2 } = statusOf(raw);
  const node = nameOf(raw);
  const read = ownValue(PHASES, textOf(phase));
  if (node === '' || read === undefined) return null;
  const { interfaces, conflicts } = fieldsOf(layer2);
  return {
    ...{
      node,
      runsInPod: readRunsInPod(pod),
      phase: read,
      reported: textOf(time),
      services: numberOf(fieldsOf(announced)['services']),
    },
    sessions: listOf(sessions).map(readSession),
    interfaces: Array.isArray(interfaces) ? interfaces.map((one) => textOf(fieldsOf(one)['name'])) : null,
    conflicts: listOf(conflicts).map((one) => {
      const { address, mac, interface: name } = fieldsOf(one);
      return { address: textOf(address), mac: textOf(mac), node, interface: textOf(name) };
    }),
  };
});

const STATES: Readonly<Record<string, ReportedSession['state']>> = { Established: 'up', Bridged: 'bridged' };

function readSession(raw: unknown): ReportedSession {
  const { peer, address, state, since, until, lastError, bfd, ipv4, ipv6 } = fieldsOf(raw);
  const sum = (key: string): number =>
    (numberOf(fieldsOf(ipv4)[key]) ?? 0) + (numberOf(fieldsOf(ipv6)[key]) ?? 0);
  return {
    ...{ peer: textOf(peer), address: textOf(address), state: ownValue(STATES, textOf(state)) ?? 'down' },
    ...{ since: textOf(since), until: textOf(until), error: textOrNull(lastError) },
    bfd: bfd === 'Up' ? 'up' : bfd === 'Down' ? 'down' : null,
    prefixes: { wanted: sum('wanted'), advertised: sum('told'), refused: sum('refused') },
  };
}
