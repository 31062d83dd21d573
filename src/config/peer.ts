/**
 * Parses BGPPeers of both API versions. The older one (v1beta1) has fewer fields and allows port 0. Its missing fields stay
 * unset; MetalLB's conversion turns them into zeros.
 */

import { type Address, formatAddress, parseAddress } from '../net/address.ts';
import { BGP_PORT } from '../net/bgp-port.ts';
import type { LabelSelector } from '../objects/selector.ts';
import { lastAsnWarnings, readAsn } from './asn.ts';
import { type ConfigIssue, quoteText } from './issue.ts';
import { ObjectReader } from './object-reader.ts';
import { type PeerTimers, readPeerTimers } from './peer-timers.ts';
import { readLabelSelectors } from './selector.ts';
import { routerIdError, sessionAddressError, sourceAddressError } from './session-address.ts';

/** A peer without a configured AS number: `internal` must have ours, `external` any other. */
export type DynamicAsn = 'internal' | 'external';

export type PasswordSecretRef = { readonly name: string; readonly namespace: string };

export type BgpPeer = {
  readonly name: string;
  readonly myASN: number;
  readonly peerASN: number | DynamicAsn;
  /** Our AS number for this peer, instead of `myASN`. */
  readonly localASN: number | null;
  readonly address: Address;
  readonly port: number;
  readonly sourceAddress: Address | null;
  /** An IPv4 address, 32 bits. */
  readonly routerId: Address | null;
  readonly timers: PeerTimers;
  readonly nodeSelectors: readonly LabelSelector[];
  readonly password: string | null;
  readonly passwordSecret: PasswordSecretRef | null;
  readonly bfdProfile: string | null;
  readonly gracefulRestart: boolean;
  readonly ebgpMultiHop: boolean;
  /** The session carries both address families; otherwise only that of its addresses. */
  readonly dualStack: boolean;
};

export type PeerReading = {
  /** Null if and only if there are issues. */
  readonly peer: BgpPeer | null;
  readonly issues: readonly ConfigIssue[];
  /** Permitted, and probably a mistake. */
  readonly warnings: readonly ConfigIssue[];
};

/** MetalLB's schema; in the older version, 0 means the default port. */
const PORT = { min: 0, max: 16_384 } as const;

/** `raw` is the whole object. */
export function readBgpPeer(raw: unknown): PeerReading {
  const issues: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  if (object === null) return { peer: null, issues, warnings: [] };
  object.ignore('kind', 'status');
  const isV1beta1 = object.string('apiVersion') === 'metallb.io/v1beta1';
  const name = object.object('metadata')?.requiredString('name');
  if (!object.has('metadata')) object.addIssue('metadata', 'is required');
  const spec = object.object('spec');
  if (!object.has('spec')) object.addIssue('spec', 'is required');
  object.rejectUnknownFields();
  if (spec === null) return { peer: null, issues, warnings: [] };
  if (!spec.has('myASN')) spec.addIssue('myASN', 'is required');
  const myASN = readAsn(spec, 'myASN') ?? 0;
  const peerASN = readPeerAsn(spec);
  const ebgpMultiHop = spec.boolean('ebgpMultiHop') ?? false;
  if (ebgpMultiHop && (peerASN === myASN || peerASN === 'internal'))
    spec.addIssue('ebgpMultiHop', 'invalid ebgp-multihop parameter set for an ibgp peer');
  const address = readPeerAddress(spec);
  const port = spec.integer('peerPort', PORT) ?? BGP_PORT;
  if (port === 0 && !isV1beta1) spec.addIssue('peerPort', 'must be from 1 to 16384, not 0');
  const read = {
    name: name ?? '',
    myASN,
    peerASN,
    localASN: readAsn(spec, 'localASN') ?? null,
    port: port === 0 ? BGP_PORT : port,
    sourceAddress: readSourceAddress(spec, address),
    routerId: readRouterId(spec),
    timers: readPeerTimers(spec),
    nodeSelectors: readLabelSelectors(spec, 'nodeSelectors', issues),
    password: spec.string('password') || null,
    passwordSecret: readPasswordSecret(spec),
    bfdProfile: spec.string('bfdProfile') || null,
    gracefulRestart: spec.boolean('enableGracefulRestart') ?? false,
    ebgpMultiHop,
    dualStack: spec.boolean('dualStackAddressFamily') ?? false,
  };
  if (read.password !== null && read.passwordSecret !== null)
    spec.addIssue('passwordSecret', 'cannot be set beside password: take one of the two away');
  rejectUnsupportedFields(spec);
  spec.boolean('disableMP'); // deprecated, without effect
  spec.rejectUnknownFields();
  const warnings = lastAsnWarnings(spec, {
    myASN,
    peerASN: typeof peerASN === 'number' ? peerASN : null,
    localASN: read.localASN,
  });
  return { peer: issues.length > 0 || address === null ? null : { ...read, address }, issues, warnings };
}

/** MetalLB: exactly one of `peerASN` and `dynamicASN` must be set; 0 counts as unset. */
function readPeerAsn(spec: ObjectReader): number | DynamicAsn {
  const asn = readAsn(spec, 'peerASN', 'unset');
  const isSet = spec.has('peerASN') && asn !== 0;
  const number = asn ?? 0;
  const rule = spec.string('dynamicASN') ?? '';
  if (rule !== '' && rule !== 'internal' && rule !== 'external') {
    spec.addIssue('dynamicASN', `must be internal or external, not ${quoteText(rule)}`);
    return number;
  }
  if (isSet === (rule !== '')) {
    spec.addIssue('peerASN', 'is required, unless dynamicASN is set; never both');
    return number;
  }
  return rule === '' ? number : rule;
}

/** "invalid BGPPeer address" is MetalLB's text, which its tests match. */
function readPeerAddress(spec: ObjectReader): Address | null {
  const text = spec.string('peerAddress') ?? '';
  const hasInterface = (spec.string('interface') ?? '') !== '';
  if ((text === '') === !hasInterface) {
    spec.addIssue('peerAddress', 'is required, unless interface is set; never both');
    return null;
  }
  if (text === '') return null;
  const address = parseAddress(text);
  const error = address.ok ? sessionAddressError(address.value) : address.error;
  if (error !== null) spec.addIssue('peerAddress', `invalid BGPPeer address ${quoteText(text)}: it ${error}`);
  return address.ok && error === null ? address.value : null;
}

function readAddress(spec: ObjectReader, field: string): Address | null {
  const text = spec.string(field) ?? '';
  if (text === '') return null;
  const address = parseAddress(text);
  if (address.ok) return address.value;
  spec.addIssue(field, `${quoteText(text)} ${address.error}`);
  return null;
}

/** An unspecified address means none, as for the kernel. `peer` is the other end. */
function readSourceAddress(spec: ObjectReader, peer: Address | null): Address | null {
  const source = readAddress(spec, 'sourceAddress');
  if (source === null || source.bits === 0n) return null;
  const error = sourceAddressError(source);
  if (error !== null) spec.addIssue('sourceAddress', `${quoteText(formatAddress(source))} ${error}`);
  else if (peer !== null && source.family !== peer.family)
    spec.addIssue('sourceAddress', `must be an IPv${peer.family} address, as peerAddress is`);
  return source;
}

function readRouterId(spec: ObjectReader): Address | null {
  const id = readAddress(spec, 'routerID');
  const error = id === null ? null : routerIdError(id);
  if (error !== null) spec.addIssue('routerID', error);
  return id;
}

function readPasswordSecret(spec: ObjectReader): PasswordSecretRef | null {
  const reference = spec.object('passwordSecret');
  if (reference === null) return null;
  const name = reference.string('name') ?? '';
  const namespace = reference.string('namespace') ?? '';
  reference.rejectUnknownFields();
  return name === '' ? null : { name, namespace };
}

/** Unsupported fields make this peer invalid, and no other. */
function rejectUnsupportedFields(spec: ObjectReader): void {
  if ((spec.string('vrf') ?? '') !== '')
    spec.addIssue('vrf', 'is not supported: sessions are opened from the default VRF only');
  if ((spec.string('interface') ?? '') !== '')
    spec.addIssue('interface', 'is not supported: name the peer by its peerAddress');
}
