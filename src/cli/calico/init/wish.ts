/** What somebody wants of Calico and of a router, read from the flags of `init` once. */
import { fits } from '../../../calico/communities.ts';
import type { SecretRef } from '../../../calico/objects/configuration.ts';
import { parseSelector } from '../../../calico/selector/selector.ts';
import { type CalicoVersion, parseVersion } from '../../../calico/version.ts';
import type { Prefix } from '../../../net/prefix.ts';
import type { AddressRange } from '../../../net/range.ts';
import type { CalicoFlags } from '../command.ts';
import {
  type Router,
  readASNumber,
  readPrefixes,
  readRanges,
  readRouters,
  togetherComplaints,
} from './addresses.ts';
import { type Listed, listedFor } from './listed.ts';

export type Wish = {
  readonly ranges: readonly AddressRange[];
  readonly listed: Listed;
  readonly nodeAS: number;
  readonly routers: readonly Router[];
  /** Of calico-node. */
  readonly namespace: string;
  readonly password: SecretRef | null;
  readonly communities: readonly string[];
  /** A selector. */
  readonly nodes: string;
  readonly mesh: boolean;
  /** Services with externalTrafficPolicy Local are used. */
  readonly local: boolean;
  readonly podNetworks: readonly Prefix[];
  /** Null for the newest that is known. */
  readonly version: CalicoVersion | null;
};

/** Stands where a password belongs. */
export const PLACEHOLDER = 'change-me';

/** What a signed 32-bit field holds: the schema's limit for AS numbers before 3.33. */
export const AS_SCHEMA_MAX = 2_147_483_647;
const FULL_AS_MINOR = 33;

const SELECTOR_MAX = 1024;

/** The wish is whole where it leaves nothing in `complaints`. */
export function readWish(flags: CalicoFlags, complaints: string[]): Wish {
  const ranges = readRanges(flags.range, complaints);
  const nodeAS = readNodeAS(flags['node-as'], complaints);
  const routers = readRouters(flags.router, complaints);
  complaints.push(...togetherComplaints(ranges, routers));
  const version = readVersion(flags['calico-version'], complaints);
  complaints.push(...schemaComplaints(version, [nodeAS, ...routers.map(({ as }) => as)]));
  return {
    ranges,
    listed: listedFor(ranges, routers),
    nodeAS,
    routers,
    namespace: readNamespace(flags['calico-namespace'], complaints),
    password: readSecret(flags['password-secret'], complaints),
    communities: readCommunities(flags.community, complaints),
    nodes: readSelector(flags.nodes, complaints),
    mesh: flags.mesh === 'on',
    local: flags.local === 'on',
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
  if (version === null || version[0] !== 3 || version[1] >= FULL_AS_MINOR) return [];
  return [...new Set(numbers)]
    .filter((as) => as > AS_SCHEMA_MAX)
    .map(
      (as) =>
        `AS ${as} is above ${AS_SCHEMA_MAX}, and the schema of Calico v${version.join('.')} refuses it: use a smaller one, or 3.${FULL_AS_MINOR}`,
    );
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function readNamespace(text: string, complaints: string[]): string {
  if (!LABEL.test(text))
    complaints.push(`--calico-namespace: ${JSON.stringify(text)} is no name of a namespace`);
  return text;
}

const isSubdomain = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((part) => LABEL.test(part));

function readSecret(text: string, complaints: string[]): SecretRef | null {
  if (text === '') return null;
  const [name = '', key = '', ...more] = text.split('/');
  const says = `--password-secret ${JSON.stringify(text)}`;
  if (name === '' || key === '' || more.length > 0)
    complaints.push(`${says} is to be NAME/KEY, such as tor-peer/password`);
  else {
    if (!isSubdomain(name)) complaints.push(`${says}: ${JSON.stringify(name)} is no name of a Secret`);
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key))
      complaints.push(`${says}: ${JSON.stringify(key)} is no key of a Secret`);
  }
  return { name, key };
}

function readCommunities(texts: readonly string[], complaints: string[]): readonly string[] {
  for (const text of texts) {
    const says = `--community ${JSON.stringify(text)}`;
    if (!/^\d+:\d+(:\d+)?$/.test(text))
      complaints.push(`${says} is no community; write numbers as in 64700:120 or 64700:300:100`);
    else if (!fits(text))
      complaints.push(
        text.split(':').length === 2
          ? `${says} does not fit: each of two parts is at most 65535; a large community has three parts, each up to 4294967295`
          : `${says} does not fit: each of three parts is at most 4294967295`,
      );
  }
  return [...new Set(texts)];
}

function readSelector(text: string, complaints: string[]): string {
  const read = parseSelector(text);
  if (!read.ok)
    complaints.push(
      `--nodes cannot be read as a selector: ${read.error.message}, column ${read.error.column}`,
    );
  else if (text.length > SELECTOR_MAX) complaints.push(`--nodes is longer than ${SELECTOR_MAX} characters`);
  return text.trim() === '' ? 'all()' : text;
}
