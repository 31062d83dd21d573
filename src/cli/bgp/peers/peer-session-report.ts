/** The peers document of a speaker's status API, read leniently: the speaker may have another version. */
import { fieldsOf, listOf, numberOf, type Raw, textOf, textOrNull } from '../../../base/json.ts';
import { givenReason, givenText } from '../speakers/given-reason.ts';

export type NodeSessions = {
  readonly node: string;
  /** Time of the answer, by the clock of the speaker. */
  readonly at: string;
  readonly phase: string;
  readonly notReady: string | null;
  readonly sessions: readonly PeerSessionReport[];
  readonly inactivePeers: readonly { readonly name: string; readonly reason: string }[];
  readonly remarks: readonly string[];
};

export type PeerSessionReport = {
  readonly node: string;
  readonly at: string;
  readonly peer: string;
  readonly address: string;
  readonly state: string;
  readonly since: string | null;
  readonly downSince: string | null;
  readonly error: { readonly message: string; readonly at: string } | null;
  /** AS number of the peer: that of its OPEN, else the expected one. */
  readonly asn: string;
  readonly ourAsn: string;
  readonly link: string | null;
  readonly md5: boolean;
  readonly ttlSecurity: number | null;
  readonly holdTime: number | null;
  /** Null without BFD. `problem`: why it is not up. */
  readonly bfd: { readonly state: string; readonly problem: string | null } | null;
  /** `4`, `4+6`. */
  readonly families: string;
  /** Why a configured address family is not negotiated, a sentence each. */
  readonly missingFamilies: readonly string[];
  readonly advertised: number;
  readonly pending: number;
  /** Prefixes that cannot be advertised. */
  readonly withheld: number;
  readonly drops: number;
  /** Consecutive failures with the last error. */
  readonly consecutiveFailures: number;
  /** The NOTIFICATION that was sent at the last failure. */
  readonly notificationSent: string | null;
  readonly warnings: readonly string[];
};

export const ESTABLISHED = 'Established';

export const isEstablished = ({ state }: PeerSessionReport): boolean => state === ESTABLISHED;

export function readNodeSessions(node: string, raw: Raw): NodeSessions {
  const at = textOf(raw['at']);
  return {
    node,
    at,
    phase: textOf(raw['phase']),
    notReady: textOrNull(raw['notReady']),
    sessions: listOf(raw['peers']).map((one) => readSession(node, at, fieldsOf(one))),
    inactivePeers: listOf(raw['notInForce'])
      .map(fieldsOf)
      .map((one) => ({ name: textOf(one['name']), reason: givenReason(one) })),
    remarks: [...texts(raw['complaints']), ...texts(raw['warnings'])],
  };
}

function readSession(node: string, at: string, raw: Raw): PeerSessionReport {
  const error = fieldsOf(raw['lastError']);
  const [local, remote, negotiated] = [
    fieldsOf(raw['local']),
    fieldsOf(raw['remote']),
    fieldsOf(raw['agreed']),
  ];
  const families = listOf(negotiated['families']).map(fieldsOf);
  const counts = Object.values(fieldsOf(raw['prefixes'])).map(fieldsOf);
  const total = (name: string): number => counts.reduce((sum, one) => sum + (numberOf(one[name]) ?? 0), 0);
  const bfd = fieldsOf(raw['bfd']);
  const last = fieldsOf(listOf(raw['history']).at(-1));
  return {
    ...{ node, at },
    peer: textOf(raw['name']),
    address: textOf(raw['address']),
    state: textOf(raw['state']),
    since: textOrNull(raw['since']),
    downSince: textOrNull(raw['downSince']),
    error:
      givenText(error['says']) === null ? null : { message: textOf(error['says']), at: textOf(error['at']) },
    asn: String(remote['asn'] ?? remote['expected'] ?? ''),
    ourAsn: String(local['asn'] ?? ''),
    link: textOrNull(raw['link']),
    md5: raw['md5'] === true,
    ttlSecurity: numberOf(raw['ttlSecurity']),
    holdTime: numberOf(negotiated['holdTime']),
    bfd: bfd['state'] === undefined ? null : { state: textOf(bfd['state']), problem: givenText(bfd['says']) },
    families: families
      .filter(({ says: problem }) => problem === null)
      .map(({ family }) => textOf(family).replace('IPv', ''))
      .join('+'),
    missingFamilies: families.flatMap(({ says: problem }) => givenText(problem) ?? []),
    advertised: total('told'),
    pending: total('pending'),
    withheld: total('refused') + total('notCarried'),
    drops: numberOf(raw['drops']) ?? 0,
    consecutiveFailures: last['what'] === 'up' ? 0 : (numberOf(last['times']) ?? 0),
    notificationSent: textOrNull(last['told']),
    warnings: texts(raw['warnings']),
  };
}

const texts = (value: unknown): readonly string[] => listOf(value).flatMap((one) => textOrNull(one) ?? []);
