/** What somebody wants of Calico and of a router, read from the flags of `init` once. */
import { isValidCommunity } from '../../../calico/confd/communities.ts';
import type { SecretRef } from '../../../calico/objects/configuration.ts';
import { type CalicoVersion, parseVersion } from '../../../calico/objects/version.ts';
import { parseSelector } from '../../../calico/selector/selector.ts';
import type { Prefix } from '../../../net/prefix.ts';
import type { AddressRange } from '../../../net/range.ts';
import type { CalicoFlags } from '../command.ts';
import {
  combinationComplaints,
  type RouterPeer,
  readASNumber,
  readPrefixes,
  readRanges,
  readRouters,
} from './addresses.ts';
import { type AdvertisedPrefixes, advertisedPrefixes } from './advertised-prefixes.ts';

export type CalicoSetupOptions = {
  readonly ranges: readonly AddressRange[];
  readonly advertised: AdvertisedPrefixes;
  readonly nodeAS: number;
  readonly routers: readonly RouterPeer[];
  /** Of calico-node. */
  readonly namespace: string;
  readonly password: SecretRef | null;
  readonly communities: readonly string[];
  /** A selector. */
  readonly nodeSelector: string;
  readonly isMeshOn: boolean;
  /** Services with externalTrafficPolicy Local are used. */
  readonly usesLocalPolicy: boolean;
  readonly podNetworks: readonly Prefix[];
  /** Null for the newest that is known. */
  readonly version: CalicoVersion | null;
};

/** Stands where a password belongs. */
export const PASSWORD_PLACEHOLDER = 'change-me';

/** What a signed 32-bit field holds: the schema's limit for AS numbers before 3.33. */
export const AS_SCHEMA_MAX = 2_147_483_647;
const FOUR_OCTET_AS_MINOR = 33;

const SELECTOR_MAX = 1024;

/** The wish is whole where it leaves nothing in `complaints`. */
export function readSetupOptions(flags: CalicoFlags, complaints: string[]): CalicoSetupOptions {
  const ranges = readRanges(flags.range, complaints);
  const nodeAS = readNodeAS(flags['node-as'], complaints);
  const routers = readRouters(flags.router, complaints);
  complaints.push(...combinationComplaints(ranges, routers));
  const version = readVersion(flags['calico-version'], complaints);
  complaints.push(...schemaComplaints(version, [nodeAS, ...routers.map(({ as }) => as)]));
  return {
    ranges,
    advertised: advertisedPrefixes(ranges, routers),
    nodeAS,
    routers,
    namespace: readNamespace(flags['calico-namespace'], complaints),
    password: readSecretRef(flags['password-secret'], complaints),
    communities: readCommunities(flags.community, complaints),
    nodeSelector: readNodeSelector(flags.nodes, complaints),
    isMeshOn: flags.mesh === 'on',
    usesLocalPolicy: flags.local === 'on',
    podNetworks: readPrefixes('pod-network', flags['pod-network'], complaints),
    version,
  };
}

function readNodeAS(text: string, complaints: string[]): number {
  if (text !== '') return readASNumber(text, '--node-as', complaints);
  complaints.push("--node-as is missing: the nodes' AS number, such as --node-as 64700");
  return 0;
}

function readVersion(text: string, complaints: string[]): CalicoVersion | null {
  const version = parseVersion(text);
  if (version === null && text !== '')
    complaints.push(`--calico-version: ${JSON.stringify(text)} is no version such as v3.32.1`);
  return version;
}

function schemaComplaints(version: CalicoVersion | null, numbers: readonly number[]): readonly string[] {
  if (version === null || version[0] !== 3 || version[1] >= FOUR_OCTET_AS_MINOR) return [];
  return [...new Set(numbers)]
    .filter((as) => as > AS_SCHEMA_MAX)
    .map(
      (as) =>
        `AS ${as} is above ${AS_SCHEMA_MAX}, and the schema of Calico v${version.join('.')} refuses it: use a smaller one, or 3.${FOUR_OCTET_AS_MINOR}`,
    );
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function readNamespace(text: string, complaints: string[]): string {
  if (!DNS_LABEL.test(text))
    complaints.push(`--calico-namespace: ${JSON.stringify(text)} is no name of a namespace`);
  return text;
}

const isDnsSubdomain = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((part) => DNS_LABEL.test(part));

function readSecretRef(text: string, complaints: string[]): SecretRef | null {
  if (text === '') return null;
  const [name = '', key = '', ...more] = text.split('/');
  const flagText = `--password-secret ${JSON.stringify(text)}`;
  if (name === '' || key === '' || more.length > 0)
    complaints.push(`${flagText} is to be NAME/KEY, such as tor-peer/password`);
  else {
    if (!isDnsSubdomain(name)) complaints.push(`${flagText}: ${JSON.stringify(name)} is no name of a Secret`);
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key))
      complaints.push(`${flagText}: ${JSON.stringify(key)} is no key of a Secret`);
  }
  return { name, key };
}

function readCommunities(texts: readonly string[], complaints: string[]): readonly string[] {
  for (const text of texts) {
    const flagText = `--community ${JSON.stringify(text)}`;
    if (!/^\d+:\d+(:\d+)?$/.test(text))
      complaints.push(`${flagText} is no community; write numbers as in 64700:120 or 64700:300:100`);
    else if (!isValidCommunity(text))
      complaints.push(
        text.split(':').length === 2
          ? `${flagText} does not fit: each of two parts is at most 65535; a large community has three parts, each up to 4294967295`
          : `${flagText} does not fit: each of three parts is at most 4294967295`,
      );
  }
  return [...new Set(texts)];
}

function readNodeSelector(text: string, complaints: string[]): string {
  const read = parseSelector(text);
  if (!read.ok)
    complaints.push(
      `--nodes cannot be read as a selector: ${read.error.message}, column ${read.error.column}`,
    );
  else if (text.length > SELECTOR_MAX) complaints.push(`--nodes is longer than ${SELECTOR_MAX} characters`);
  return text.trim() === '' ? 'all()' : text;
}
