/** `peers` of the old ConfigMap: BGP peers. */

import type { Millis } from '../../base/clock.ts';
import { type Address, parseAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import type { LabelSelector } from '../../objects/selector.ts';
import { readAsn } from '../asn.ts';
import { type ConfigIssue, quoteText } from '../issue.ts';
import type { NumberBounds, ObjectReader } from '../object-reader.ts';
import { HOLD_TIME_ERROR, isValidHoldTime, readDuration } from '../peer-timers.ts';
import { LEGACY_SELECTOR_FIELDS, readLabelSelector } from '../selector.ts';
import { routerIdError, sessionAddressError, sourceAddressError } from '../session-address.ts';

/** Fields that are not set are null. */
export type LegacyPeer = {
  readonly myASN: number;
  readonly peerASN: number;
  readonly peerAddress: string;
  readonly sourceAddress: string | null;
  readonly peerPort: number;
  readonly holdTime: Millis;
  readonly keepaliveTime: Millis | null;
  readonly routerID: string | null;
  readonly nodeSelectors: readonly LabelSelector[];
  readonly password: string | null;
  readonly bfdProfile: string | null;
  readonly ebgpMultiHop: boolean;
};

/** The bounds of `BGPPeer.spec.peerPort`: a higher port could not be converted. */
const PORT: NumberBounds = { min: 1, max: 16_384 };
const HOLD_DEFAULT: Millis = 90_000; // RFC 4271 10

export function readLegacyPeers(
  readers: readonly ObjectReader[],
  bfdProfiles: ReadonlySet<string>,
  issues: ConfigIssue[],
): readonly LegacyPeer[] {
  return readers.map((reader) => {
    const myASN = requiredAsn(reader, 'my-asn');
    const peerASN = requiredAsn(reader, 'peer-asn');
    const ebgpMultiHop = reader.boolean('ebgp-multihop') ?? false;
    if (ebgpMultiHop && myASN !== undefined && myASN === peerASN) {
      reader.addIssue('ebgp-multihop', `cannot be set between speakers of one AS: both are ${myASN}`);
    }
    const bfdProfile = reader.string('bfd-profile') ?? null;
    if (bfdProfile !== null && !bfdProfiles.has(bfdProfile)) {
      reader.addIssue('bfd-profile', `${quoteText(bfdProfile)} is not defined under bfd-profiles`);
    }
    const peer = {
      myASN: myASN ?? 0,
      peerASN: peerASN ?? 0,
      peerAddress: readAddress(reader, 'peer-address', sessionAddressError) ?? '',
      sourceAddress: readAddress(reader, 'source-address', sourceAddressError),
      peerPort: reader.integer('peer-port', PORT) ?? BGP_PORT,
      ...readTimers(reader),
      routerID: readAddress(reader, 'router-id', routerIdError),
      nodeSelectors: reader
        .objects('node-selectors')
        .map((selector) => readLabelSelector(selector, issues, LEGACY_SELECTOR_FIELDS)),
      password: reader.string('password') ?? null,
      bfdProfile,
      ebgpMultiHop,
    };
    if (!reader.has('peer-address')) reader.addIssue('peer-address', 'is required');
    reader.rejectUnknownFields();
    return peer;
  });
}

function requiredAsn(reader: ObjectReader, field: string): number | undefined {
  if (!reader.has(field)) reader.addIssue(field, 'is required');
  return readAsn(reader, field);
}

function readAddress(
  reader: ObjectReader,
  field: string,
  check: (address: Address) => string | null,
): string | null {
  const text = reader.string(field);
  if (text === undefined) return null;
  const address = parseAddress(text);
  const error = address.ok ? check(address.value) : address.error;
  if (error !== null) reader.addIssue(field, `${quoteText(text)} ${error}`);
  return text;
}

function readTimers(reader: ObjectReader): { holdTime: Millis; keepaliveTime: Millis | null } {
  const hold = readDuration(reader, 'hold-time');
  const keepaliveTime = readDuration(reader, 'keepalive-time');
  const holdTime = hold ?? HOLD_DEFAULT;
  if (hold !== null && !isValidHoldTime(hold)) reader.addIssue('hold-time', HOLD_TIME_ERROR);
  if (keepaliveTime !== null && keepaliveTime > holdTime) {
    reader.addIssue('keepalive-time', 'must not be longer than hold-time');
  }
  return { holdTime, keepaliveTime };
}
