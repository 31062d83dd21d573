/** Whether a peer's OPEN is one that we take (RFC 4271 6.2). */
import { ok, type Result } from '../../base/result.ts';
import { type Family, formatIPv4 } from '../../net/address.ts';
import { type Agreement, agree, familiesOf } from '../wire/agreement.ts';
import { unicast } from '../wire/capability.ts';
import { capabilityBytes } from '../wire/capabilitycodec.ts';
import { openFailure } from '../wire/failure.ts';
import type { DecodeFailure, Open } from '../wire/message.ts';
import { ourOpen, type Session } from './session.ts';
import type { Settings } from './settings.ts';

/** What the two agree on, or how the peer is told that they cannot. What no OPEN may say was refused when it was read. */
export function reviewOpen(session: Session, theirs: Open): Result<Agreement, DecodeFailure> {
  const { settings } = session;
  const { asn, routerId } = theirs;
  const wrongAs = asComplaint(settings, asn);
  if (wrongAs !== null) return openFailure('badPeerAs', wrongAs, 'RFC 4271 6.2');
  if (routerId === settings.routerId && asn === settings.asn) {
    const says = `the peer is of our AS ${asn} and has our own BGP Identifier ${formatIPv4(routerId)}: give one of us another`;
    return openFailure('badIdentifier', says, 'RFC 6286 2.2');
  }
  const agreement = agree(ourOpen(session), theirs);
  if (agreement.families.length > 0) return ok(agreement);
  const wanted = settings.families.flatMap((family) => [...capabilityBytes(unicast(family))]);
  const says = `the peer offers ${familyWords(familiesOf(theirs.capabilities))}, and we want ${familyWords(settings.families)}`;
  return openFailure('unsupportedCapability', says, 'RFC 5492 5', new Uint8Array(wanted));
}

function asComplaint({ asn: ours, peerAsn }: Settings, asn: number): string | null {
  switch (peerAsn) {
    case 'internal':
      return asn === ours ? null : `the peer says it is AS ${asn}, we expect our own AS ${ours}`;
    case 'external':
      return asn !== ours ? null : `the peer says it is AS ${asn}, which is ours; we expect another one`;
    default:
      return asn === peerAsn ? null : `the peer says it is AS ${asn}, we expect AS ${peerAsn}`;
  }
}

const familyWords = (families: readonly Family[]): string =>
  families.length === 0
    ? 'neither IPv4 nor IPv6 unicast'
    : families.map((family) => `IPv${family} unicast`).join(' and ');
