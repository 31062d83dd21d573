/** The setup of Calico and its routers, read from the flags of `init` and validated. */
import { isValidCommunity } from '../../../calico/confd/communities.ts';
import type { SecretRef } from '../../../calico/objects/configuration.ts';
import { type CalicoVersion, parseVersion } from '../../../calico/objects/version.ts';
import { parseSelector } from '../../../calico/selector/selector.ts';
import type { Prefix } from '../../../net/prefix.ts';
import type { AddressRange } from '../../../net/range.ts';
import {
  combinationErrors,
  type RouterPeer,
  readASNumber,
  readPrefixes,
  readRanges,
  readRouters,
} from './addresses.ts';
import { type AdvertisedPrefixes, advertisedPrefixes } from './advertised-prefixes.ts';
import type { SetupFlags } from './command.ts';

export type CalicoSetupOptions = {
  readonly ranges: readonly AddressRange[];
  readonly advertised: AdvertisedPrefixes;
  readonly nodeAS: number;
  readonly routers: readonly RouterPeer[];
  /** Namespace of calico-node. */
  readonly namespace: string;
  readonly password: SecretRef | null;
  readonly communities: readonly string[];
  /** A selector of Calico. */
  readonly nodeSelector: string;
  readonly isMeshOn: boolean;
  /** Whether Services with externalTrafficPolicy Local are used. */
  readonly usesLocalPolicy: boolean;
  readonly podNetworks: readonly Prefix[];
  /** Null for the newest known. */
  readonly version: CalicoVersion | null;
};

/** Placeholder for a password. */
export const PASSWORD_PLACEHOLDER = 'change-me';

/** Largest AS number of Calico's schema before v3.33, a signed 32-bit field. */
export const AS_SCHEMA_MAX = 2_147_483_647;
const FOUR_OCTET_AS_MINOR = 33;

const SELECTOR_MAX = 1024;

/** The result is valid only if it adds nothing to `errors`. */
export function readSetupOptions(flags: SetupFlags, errors: string[]): CalicoSetupOptions {
  const ranges = readRanges(flags.range, errors);
  const nodeAS = readNodeAS(flags['node-as'], errors);
  const routers = readRouters(flags.router, errors);
  errors.push(...combinationErrors(ranges, routers));
  const version = readVersion(flags['calico-version'], errors);
  errors.push(...schemaErrors(version, [nodeAS, ...routers.map(({ as }) => as)]));
  return {
    ranges,
    advertised: advertisedPrefixes(ranges, routers),
    nodeAS,
    routers,
    namespace: readNamespace(flags['calico-namespace'], errors),
    password: readSecretRef(flags['password-secret'], errors),
    communities: readCommunities(flags.community, errors),
    nodeSelector: readNodeSelector(flags.nodes, errors),
    isMeshOn: flags.mesh === 'on',
    usesLocalPolicy: flags.local === 'on',
    podNetworks: readPrefixes('pod-network', flags['pod-network'], errors),
    version,
  };
}

function readNodeAS(text: string, errors: string[]): number {
  if (text !== '') return readASNumber(text, '--node-as', errors);
  errors.push("--node-as is missing: the nodes' AS number, such as --node-as 64700");
  return 0;
}

function readVersion(text: string, errors: string[]): CalicoVersion | null {
  const version = parseVersion(text);
  if (version === null && text !== '')
    errors.push(`--calico-version: ${JSON.stringify(text)} is not a version such as v3.32.1`);
  return version;
}

function schemaErrors(version: CalicoVersion | null, numbers: readonly number[]): readonly string[] {
  if (version === null || version[0] !== 3 || version[1] >= FOUR_OCTET_AS_MINOR) return [];
  return [...new Set(numbers)]
    .filter((as) => as > AS_SCHEMA_MAX)
    .map(
      (as) =>
        `AS ${as} is above ${AS_SCHEMA_MAX}, and Calico v${version.join('.')} refuses it: use a smaller one, or Calico v3.${FOUR_OCTET_AS_MINOR}`,
    );
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function readNamespace(text: string, errors: string[]): string {
  if (!DNS_LABEL.test(text))
    errors.push(`--calico-namespace: ${JSON.stringify(text)} is not a valid name of a namespace`);
  return text;
}

const isDnsSubdomain = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((part) => DNS_LABEL.test(part));

function readSecretRef(text: string, errors: string[]): SecretRef | null {
  if (text === '') return null;
  const [name = '', key = '', ...more] = text.split('/');
  const flagText = `--password-secret ${JSON.stringify(text)}`;
  if (name === '' || key === '' || more.length > 0)
    errors.push(`${flagText} is not NAME/KEY, such as tor-peer/password`);
  else {
    if (!isDnsSubdomain(name))
      errors.push(`${flagText}: ${JSON.stringify(name)} is not a valid name of a Secret`);
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key))
      errors.push(`${flagText}: ${JSON.stringify(key)} is not a valid key of a Secret`);
  }
  return { name, key };
}

function readCommunities(texts: readonly string[], errors: string[]): readonly string[] {
  for (const text of texts) {
    const flagText = `--community ${JSON.stringify(text)}`;
    if (!/^\d+:\d+(:\d+)?$/.test(text))
      errors.push(`${flagText} is not a community such as 64700:120 or 64700:300:100`);
    else if (!isValidCommunity(text))
      errors.push(
        text.split(':').length === 2
          ? `${flagText} is too large: each of two parts is at most 65535; use a large community of three parts, each at most 4294967295`
          : `${flagText} is too large: each of three parts is at most 4294967295`,
      );
  }
  return [...new Set(texts)];
}

function readNodeSelector(text: string, errors: string[]): string {
  const read = parseSelector(text);
  if (!read.ok)
    errors.push(`--nodes is not a selector of Calico: ${read.error.message}, column ${read.error.column}`);
  else if (text.length > SELECTOR_MAX) errors.push(`--nodes is longer than ${SELECTOR_MAX} characters`);
  return text.trim() === '' ? 'all()' : text;
}
