/** Problems of Berth's speakers: those that do not run, sessions that are down, and addresses that others use. */
import type { Millis } from '../base/clock.ts';
import { rememberByKey } from '../base/remember.ts';
import { abbreviateNames, plural } from '../base/text.ts';
import { isOpening } from '../delivery/starting-speakers.ts';
import type { Layer2Overview, SessionOverview, SpeakerOverview } from './announcing-document.ts';
import { speakerCommand } from './commands.ts';
import type { Problem } from './problem.ts';
import { doesRun, WITHOUT_POD } from './speakers-overview.ts';

export type SpeakerProblemOptions = { readonly namespace: string; readonly wall: Millis };

export const speakerProblems = (
  speakers: readonly SpeakerOverview[],
  { namespace, wall }: SpeakerProblemOptions,
): readonly Problem[] => [
  ...downProblems(speakers, namespace),
  ...sessionProblems(speakers, { namespace, wall }),
  ...refusedProblems(speakers, namespace),
];

/** One problem for all of them: a rack without power is one. */
function downProblems(speakers: readonly SpeakerOverview[], namespace: string): readonly Problem[] {
  const expected = speakers.filter(({ state }) => state !== 'left');
  const down = expected.filter((one) => !doesRun(one) && one.state !== 'starting');
  const [first] = down;
  if (first === undefined) return [];
  const nodes = abbreviateNames(down.map(({ node }) => node));
  const problem =
    down.length === 1
      ? `The speaker on ${first.node} does not run: ${first.because}.`
      : `${down.length} of ${plural(expected.length, 'speaker')} do not run, on ${nodes}: ${first.because}.`;
  return [
    {
      ...{ code: 'SpeakerDown', severity: down.length === expected.length ? 'error' : 'warning' },
      object: { kind: 'Node', namespace: '', name: first.node },
      says: `${problem} What ${down.length === 1 ? 'it' : 'they'} announced is withdrawn, or will be.`,
      fix: fixOf(down, expected, namespace),
      ...{ command: speakerCommand('bgp peers', namespace), count: down.length },
    },
  ];
}

/** Speakers that were removed leave what they have published. */
function fixOf(
  down: readonly SpeakerOverview[],
  expected: readonly SpeakerOverview[],
  namespace: string,
): string {
  const mayBeRemoved =
    down.length === expected.length && down.every(({ because }) => because === WITHOUT_POD);
  return mayBeRemoved
    ? `Deploy the speakers. If they were removed on purpose, delete what they have published: kubectl delete speakerstatuses -n ${namespace} --all`
    : `See why: kubectl get pods -n ${namespace} -o wide`;
}

/** One problem for each peer, whatever the number of its sessions. */
function sessionProblems(
  speakers: readonly SpeakerOverview[],
  { namespace, wall }: SpeakerProblemOptions,
): readonly Problem[] {
  return [...sessionsByPeer(speakers, wall)].flatMap(([peer, { all, down }]): readonly Problem[] => {
    const [first] = down;
    if (first === undefined) return [];
    const error = down.find(({ session }) => session.error !== null)?.session.error;
    const cause = error == null ? '' : ` The last error: ${error}.`;
    const nodes = abbreviateNames(down.map(({ node }) => node));
    const counted =
      all === 1
        ? `The session with ${peer} (${first.session.address}) is down, on ${nodes}.`
        : `${down.length} of ${all} sessions with ${peer} (${first.session.address}) are down, on ${nodes}.`;
    return [
      {
        ...{ code: 'SessionDown', severity: down.length === all ? 'error' : 'warning' },
        object: { kind: 'BGPPeer', namespace, name: peer },
        says: `${counted}${cause}`,
        fix: null,
        ...{ command: speakerCommand(`bgp peers --node ${first.node}`, namespace), count: down.length },
      },
    ];
  });
}

type SessionOfNode = { readonly node: string; readonly session: SessionOverview };
type SessionsOfPeer = { all: number; readonly down: SessionOfNode[] };

/** Of the speakers that run. Only what is down costs memory: there may be twenty thousand sessions, and most are up. */
function sessionsByPeer(
  speakers: readonly SpeakerOverview[],
  wall: Millis,
): ReadonlyMap<string, Readonly<SessionsOfPeer>> {
  const byPeer = new Map<string, SessionsOfPeer>();
  for (const { node, sessions } of speakers.filter(doesRun))
    for (const session of sessions) {
      const ofPeer = rememberByKey(byPeer, session.peer, () => ({ all: 0, down: [] }));
      ofPeer.all += 1;
      if (session.state === 'down' && !isOpening(session, wall)) ofPeer.down.push({ node, session });
    }
  return byPeer;
}

function refusedProblems(speakers: readonly SpeakerOverview[], namespace: string): readonly Problem[] {
  const refusing = speakers
    .filter(doesRun)
    .flatMap(({ node, sessions }) =>
      sessions
        .filter(({ state, prefixes }) => state === 'up' && prefixes.refused > 0)
        .map((session) => ({ node, session })),
    );
  const [first] = refusing;
  if (first === undefined) return [];
  const { peer, prefixes } = first.session;
  return [
    {
      ...{ code: 'RoutesRefused', severity: 'warning', count: refusing.length },
      object: { kind: 'BGPPeer', namespace, name: peer },
      says: `The session of ${first.node} with ${peer} cannot carry ${plural(prefixes.refused, 'route')} of ${prefixes.wanted}.`,
      fix: null,
      command: speakerCommand(`bgp routes --node ${first.node}`, namespace),
    },
  ];
}

export function layer2Problems(
  { nodes, conflicts }: Layer2Overview,
  { namespace }: { readonly namespace: string },
): readonly Problem[] {
  const dead = nodes.filter((one) => one.services > 0 && !doesRun(one));
  const services = dead.reduce((sum, one) => sum + one.services, 0);
  const [first] = dead;
  return [
    ...(first === undefined
      ? []
      : [
          {
            ...({ code: 'OwnerDown', severity: 'error', count: services } as const),
            object: { kind: 'Node', namespace: '', name: first.node },
            says: `${plural(services, 'Service')} ${services === 1 ? 'is' : 'are'} recorded as answered for by ${abbreviateNames(dead.map(({ node }) => node))}, whose speaker does not run.`,
            fix: 'If no other node takes over within seconds, no other node may answer for them.',
            command: speakerCommand('l2 owners', namespace),
          },
        ]),
    ...conflicts.map(
      ({ address, mac, node, interface: name }): Problem => ({
        ...{ code: 'HostConflict', severity: 'error', count: 1 },
        object: { kind: 'Node', namespace: '', name: node },
        says: `Another host uses ${address}: node ${node} sees its MAC address ${mac} on ${name}.`,
        fix: 'Take the address off that host, or out of the pool.',
        command: speakerCommand('l2 owners', namespace),
      }),
    ),
  ];
}
