/** Whether a peer's OPEN is one that we take (RFC 4271 6.2). */
import { ok, type Result } from '../../base/result.ts';
import { type Family, formatIPv4 } from '../../net/address.ts';
import { unicast } from '../wire/capability/capability.ts';
import { encodeCapability } from '../wire/capability/codec.ts';
import { openFailure } from '../wire/failure.ts';
import type { DecodeFailure, Open } from '../wire/message.ts';
import { familiesOf, type NegotiatedTerms, negotiate } from '../wire/negotiated.ts';
import { type BgpSession, localOpen } from './session.ts';
import type { BgpSessionSettings } from './settings.ts';

/** What the two agree on, or how the peer is told that they cannot. What no OPEN may say was refused when it was read. */
export function validateOpen(session: BgpSession, peerOpen: Open): Result<NegotiatedTerms, DecodeFailure> {
  const { settings } = session;
  const { asn, routerId } = peerOpen;
  const asError = peerAsError(settings, asn);
  if (asError !== null) return openFailure('badPeerAs', asError, 'RFC 4271 6.2');
  if (routerId === settings.routerId && asn === settings.asn) {
    const reason = `the peer is of our AS ${asn} and has our own BGP Identifier ${formatIPv4(routerId)}: give one of us another`;
    return openFailure('badIdentifier', reason, 'RFC 6286 2.2');
  }
  const negotiated = negotiate(localOpen(session), peerOpen);
  if (negotiated.families.length > 0) return ok(negotiated);
  const wantedCapabilities = settings.families.flatMap((family) => [...encodeCapability(unicast(family))]);
  const reason = `the peer offers ${familiesText(familiesOf(peerOpen.capabilities))}, and we want ${familiesText(settings.families)}`;
  return openFailure('unsupportedCapability', reason, 'RFC 5492 5', new Uint8Array(wantedCapabilities));
}

function peerAsError({ asn: localAsn, peerAsn }: BgpSessionSettings, receivedAsn: number): string | null {
  switch (peerAsn) {
    case 'internal':
      return receivedAsn === localAsn
        ? null
        : `the peer says it is AS ${receivedAsn}, we expect our own AS ${localAsn}`;
    case 'external':
      return receivedAsn !== localAsn
        ? null
        : `the peer says it is AS ${receivedAsn}, which is ours; we expect another one`;
    default:
      return receivedAsn === peerAsn
        ? null
        : `the peer says it is AS ${receivedAsn}, we expect AS ${peerAsn}`;
  }
}

const familiesText = (families: readonly Family[]): string =>
  families.length === 0
    ? 'neither IPv4 nor IPv6 unicast'
    : families.map((family) => `IPv${family} unicast`).join(' and ');
