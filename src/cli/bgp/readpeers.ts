/** What a speaker says of its peers, as far as people are shown it: read with care, it may be of another version. */
import { fieldsOf, listOf, type Raw, textOf, textOrNull } from '../../cluster/fields.ts';

export type NodePeers = {
  readonly node: string;
  /** When it was asked, by its own clock. */
  readonly at: string;
  readonly phase: string;
  readonly notReady: string | null;
  readonly sessions: readonly Session[];
  readonly notInForce: readonly { readonly name: string; readonly says: string }[];
  readonly remarks: readonly string[];
};

export type Session = {
  readonly node: string;
  readonly at: string;
  readonly peer: string;
  readonly address: string;
  readonly state: string;
  readonly since: string | null;
  readonly downSince: string | null;
  readonly error: { readonly says: string; readonly at: string } | null;
  /** What is expected, or what the peer said. */
  readonly asn: string;
  readonly ourAsn: string;
  readonly link: string | null;
  readonly md5: boolean;
  readonly ttlSecurity: number | null;
  readonly holdTime: number | null;
  /** `4`, `4+6`. */
  readonly families: string;
  /** Why a family that is wanted is not carried. */
  readonly unagreed: readonly string[];
  readonly told: number;
  readonly pending: number;
  /** Refused, or not carried. */
  readonly kept: number;
  readonly drops: number;
  /** Failures in a row with the last error. */
  readonly tries: number;
  /** The NOTIFICATION that the peer got at the last failure. */
  readonly answered: string | null;
  readonly warnings: readonly string[];
};

export const ESTABLISHED = 'Established';

export const isUp = ({ state }: Session): boolean => state === ESTABLISHED;

export function readPeers(node: string, raw: Raw): NodePeers {
  const at = textOf(raw['at']);
  return {
    node,
    at,
    phase: textOf(raw['phase']),
    notReady: textOrNull(raw['notReady']),
    sessions: listOf(raw['peers']).map((one) => readSession(node, at, fieldsOf(one))),
    notInForce: listOf(raw['notInForce'])
      .map(fieldsOf)
      .map((one) => ({ name: textOf(one['name']), says: textOf(one['says']) })),
    remarks: [...texts(raw['complaints']), ...texts(raw['warnings'])],
  };
}

function readSession(node: string, at: string, raw: Raw): Session {
  const error = fieldsOf(raw['lastError']);
  const [local, remote, agreed] = [fieldsOf(raw['local']), fieldsOf(raw['remote']), fieldsOf(raw['agreed'])];
  const families = listOf(agreed['families']).map(fieldsOf);
  const counts = Object.values(fieldsOf(raw['prefixes'])).map(fieldsOf);
  const total = (name: string): number => counts.reduce((sum, one) => sum + (numberOf(one[name]) ?? 0), 0);
  const last = fieldsOf(listOf(raw['history']).at(-1));
  return {
    ...{ node, at },
    peer: textOf(raw['name']),
    address: textOf(raw['address']),
    state: textOf(raw['state']),
    since: textOrNull(raw['since']),
    downSince: textOrNull(raw['downSince']),
    error: textOf(error['says']) === '' ? null : { says: textOf(error['says']), at: textOf(error['at']) },
    asn: String(remote['asn'] ?? remote['expected'] ?? ''),
    ourAsn: String(local['asn'] ?? ''),
    link: textOrNull(raw['link']),
    md5: raw['md5'] === true,
    ttlSecurity: numberOf(raw['ttlSecurity']),
    holdTime: numberOf(agreed['holdTime']),
    families: families
      .filter(({ says }) => says === null)
      .map(({ family }) => textOf(family).replace('IPv', ''))
      .join('+'),
    unagreed: families.flatMap(({ says }) => textOrNull(says) ?? []),
    told: total('told'),
    pending: total('pending'),
    kept: total('refused') + total('notCarried'),
    drops: numberOf(raw['drops']) ?? 0,
    tries: last['what'] === 'up' ? 0 : (numberOf(last['times']) ?? 0),
    answered: textOrNull(last['told']),
    warnings: texts(raw['warnings']),
  };
}

const texts = (value: unknown): readonly string[] => listOf(value).flatMap((one) => textOrNull(one) ?? []);

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
