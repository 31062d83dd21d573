/** The router's side of the sessions, read from flags and validated: its addresses, neighbours and accepted prefixes. */
import { type Address, type Family, formatAddress, parseAddress, sameAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix } from '../../../net/prefix.ts';
import { formatRange, rangeContains, rangeOfPrefix, rangesOverlap } from '../../../net/range.ts';
import { type RouterPeer, readHost, readPrefixes } from '../init/addresses.ts';
import { type CalicoSetupOptions, PASSWORD_PLACEHOLDER } from '../init/options.ts';
import type { RouterFlags } from './command.ts';

/** One address family: a session carries the routes of its own family. */
export type FamilyOptions = {
  readonly family: Family;
  readonly address: Address;
  /** Empty if the nodes are given by `networks`. */
  readonly neighbours: readonly Address[];
  readonly networks: readonly Prefix[];
  readonly acceptedPrefixes: readonly Prefix[];
};

export type RouterOptions = {
  readonly as: number;
  readonly nodeAS: number;
  readonly families: readonly FamilyOptions[];
  /** '' for none. */
  readonly password: string;
  readonly communities: readonly string[];
};

/** Timers of the sessions; seconds. */
export const HOLD_TIME_SECONDS = 9;
export const KEEPALIVE_SECONDS = 3;
/** Next hops of one route. */
export const ECMP_PATHS_MAX = 64;

/** The result is valid only if it adds nothing to `errors`. */
export function readRouterOptions(
  flags: RouterFlags,
  setup: CalicoSetupOptions,
  errors: string[],
): RouterOptions {
  const routers = selectRouter(flags.at, setup.routers, errors);
  const neighbours = flags.neighbour.flatMap(
    (text) => readHost(text, `--neighbour ${JSON.stringify(text)}`, errors) ?? [],
  );
  const networks = readPrefixes('neighbours', flags.neighbours, errors);
  if (flags.neighbour.length + flags.neighbours.length === 0)
    errors.push('the nodes are missing: --neighbour ADDRESS for each, or --neighbours CIDR');
  if (flags.neighbour.length > 0 && flags.neighbours.length > 0)
    errors.push(
      '--neighbour and --neighbours exclude each other: name the nodes one by one or by their subnet',
    );
  errors.push(...neighbourErrors(neighbours, setup), ...networkErrors(networks, setup));
  const families = routers.map(
    ({ address }): FamilyOptions => ({
      family: address.family,
      address,
      neighbours: neighbours.filter(({ family }) => family === address.family),
      networks: networks.filter(({ family }) => family === address.family),
      acceptedPrefixes: setup.advertised.prefixes.filter(({ family }) => family === address.family),
    }),
  );
  if (routers.length > 0) errors.push(...familyErrors(families, [...neighbours, ...networks], setup));
  return {
    as: routers[0]?.as ?? 0,
    nodeAS: setup.nodeAS,
    families,
    password: readRouterPassword(flags, errors),
    communities: setup.communities,
  };
}

/** The addresses of the selected router; empty if the selection is missing or invalid. */
function selectRouter(
  texts: readonly string[],
  routers: readonly RouterPeer[],
  errors: string[],
): readonly RouterPeer[] {
  const names = routers.map(({ address }) => formatAddress(address)).join(', ');
  if (texts.length === 0) {
    if (routers.length > 1) errors.push(`--at is missing: which of the routers is it, ${names}?`);
    return routers.slice(0, routers.length > 1 ? 0 : 1);
  }
  const selected: RouterPeer[] = [];
  for (const text of texts) {
    const flagText = `--at ${JSON.stringify(text)}`;
    const read = parseAddress(text);
    const router = read.ok ? routers.find(({ address }) => sameAddress(address, read.value)) : undefined;
    if (!read.ok) errors.push(`${flagText}: the address ${read.error}`);
    else if (router === undefined)
      errors.push(`${flagText} is not one of the routers (${names || 'there is none'})`);
    else if (selected.some(({ address }) => address.family === router.address.family))
      errors.push(`${flagText} is a second IPv${router.address.family} address: select one router at a time`);
    else if (selected.some(({ as }) => as !== router.as))
      errors.push(`${flagText} has another AS number than --at ${texts[0]}: these are two routers`);
    else selected.push(router);
  }
  return selected.sort((a, b) => a.address.family - b.address.family);
}

function neighbourErrors(
  neighbours: readonly Address[],
  { ranges, routers }: CalicoSetupOptions,
): readonly string[] {
  return neighbours.flatMap((one, index) => {
    const flagText = `--neighbour ${formatAddress(one)}`;
    const range = ranges.find((each) => rangeContains(each, one));
    return [
      ...(neighbours.findIndex((other) => sameAddress(other, one)) < index
        ? [`${flagText} is named twice`]
        : []),
      ...(routers.some(({ address }) => sameAddress(address, one))
        ? [`${flagText} is a router, not a node`]
        : []),
      ...(range === undefined
        ? []
        : [`${flagText} is in --range ${formatRange(range)}, which is for Services`]),
    ];
  });
}

const networkErrors = (networks: readonly Prefix[], { ranges }: CalicoSetupOptions): readonly string[] =>
  networks.flatMap((one) =>
    ranges
      .filter((range) => rangesOverlap(range, rangeOfPrefix(one)))
      .map(
        (range) =>
          `--neighbours ${formatPrefix(one)} overlaps --range ${formatRange(range)}: nodes and Services need different addresses`,
      ),
  );

/** Sessions that no node would open, or that would carry no routes. */
function familyErrors(
  families: readonly FamilyOptions[],
  nodes: readonly { readonly family: Family }[],
  { routers }: CalicoSetupOptions,
): readonly string[] {
  const present = families.map(({ family }) => family);
  const missing = ([4, 6] as const).filter(
    (family) => !present.includes(family) && nodes.some((one) => one.family === family),
  );
  return [
    ...families.flatMap(({ family, address, neighbours, networks, acceptedPrefixes }) => [
      ...(nodes.length > 0 && neighbours.length + networks.length === 0
        ? [`no neighbour has an IPv${family} address, which the sessions with ${formatAddress(address)} need`]
        : []),
      ...(acceptedPrefixes.length === 0
        ? [`no --range is IPv${family}: sessions with ${formatAddress(address)} would carry no routes`]
        : []),
    ]),
    ...missing.map((family) => {
      const other = routers.some(({ address }) => address.family === family);
      return `neighbours have IPv${family} addresses and the router has none: ${other ? 'add its address with another --at' : 'leave them out'}`;
    }),
  ];
}

/** Linux's limit for a TCP MD5 key; octets. */
const PASSWORD_MAX = 80;

function readRouterPassword({ password, 'password-secret': secret }: RouterFlags, errors: string[]): string {
  if (password === '') return secret === '' ? '' : PASSWORD_PLACEHOLDER;
  if (!/^[!-~]+$/.test(password) || password.includes('"'))
    errors.push(
      '--password has to be printable ASCII without blanks and double quotes, which FRR and BIRD can read',
    );
  if (password.length > PASSWORD_MAX)
    errors.push(`--password has ${password.length} characters; TCP MD5 allows at most ${PASSWORD_MAX}`);
  return password;
}
