/** Validates a peer's OPEN against our settings (RFC 4271 6.2). */
import { ok, type Result } from '../../base/result.ts';
import { type Family, formatIPv4 } from '../../net/address.ts';
import { unicast } from '../wire/capability.ts';
import { encodeCapability } from '../wire/capability-codec.ts';
import { openFailure } from '../wire/failure.ts';
import type { DecodeFailure, Open } from '../wire/message.ts';
import { familiesOf, type NegotiatedTerms, negotiate } from '../wire/negotiated.ts';
import { type BgpSession, localOpen } from './session.ts';
import type { BgpSessionSettings } from './settings.ts';

/** The negotiated terms, or the failure with its NOTIFICATION. Errors of the OPEN itself are found when it is decoded. */
export function validateOpen(session: BgpSession, peerOpen: Open): Result<NegotiatedTerms, DecodeFailure> {
  const { settings } = session;
  const { asn, routerId } = peerOpen;
  const asError = peerAsError(settings, asn);
  if (asError !== null) return openFailure('badPeerAs', asError, 'RFC 4271 6.2');
  if (routerId === settings.routerId && asn === settings.asn) {
    const reason = `the peer has our BGP Identifier ${formatIPv4(routerId)} in the same AS ${asn}: change one of the two`;
    return openFailure('badIdentifier', reason, 'RFC 6286 2.2');
  }
  const negotiated = negotiate(localOpen(session), peerOpen);
  if (negotiated.families.length > 0) return ok(negotiated);
  const wantedCapabilities = settings.families.flatMap((family) => [...encodeCapability(unicast(family))]);
  const reason = `no common address family: the peer offers ${familiesText(familiesOf(peerOpen.capabilities))}, we offer ${familiesText(settings.families)}`;
  return openFailure('unsupportedCapability', reason, 'RFC 5492 5', new Uint8Array(wantedCapabilities));
}

function peerAsError({ asn: localAsn, peerAsn }: BgpSessionSettings, receivedAsn: number): string | null {
  switch (peerAsn) {
    case 'internal':
      return receivedAsn === localAsn
        ? null
        : `the peer is in AS ${receivedAsn}, expected our own AS ${localAsn}`;
    case 'external':
      return receivedAsn !== localAsn
        ? null
        : `the peer is in our own AS ${receivedAsn}, expected another one`;
    default:
      return receivedAsn === peerAsn ? null : `the peer is in AS ${receivedAsn}, expected AS ${peerAsn}`;
  }
}

const familiesText = (families: readonly Family[]): string =>
  families.length === 0
    ? 'neither IPv4 nor IPv6 unicast'
    : families.map((family) => `IPv${family} unicast`).join(' and ');
