/** The router's side of a set-up: its own addresses, who its neighbours are, and what it takes from them. */
import { type Address, type Family, formatAddress, parseAddress, sameAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix } from '../../../net/prefix.ts';
import { formatRange, rangeContains, rangeOfPrefix, rangesOverlap } from '../../../net/range.ts';
import type { CalicoFlags } from '../command.ts';
import { type RouterPeer, readHost, readPrefixes } from '../init/addresses.ts';
import { type CalicoSetupOptions, PASSWORD_PLACEHOLDER } from '../init/options.ts';

/** Of one address family: a session carries the routes of its own. */
export type FamilyOptions = {
  readonly family: Family;
  readonly address: Address;
  /** One by one, or none where they come by `networks`. */
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

/** Both as one machine has them: seconds. */
export const HOLD_TIME_SECONDS = 9;
export const KEEPALIVE_SECONDS = 3;
/** Next hops of one route. */
export const ECMP_PATHS_MAX = 64;

/** The side is whole where it leaves nothing in `complaints`. */
export function readRouterOptions(
  flags: CalicoFlags,
  setup: CalicoSetupOptions,
  complaints: string[],
): RouterOptions {
  const routers = selectRouter(flags.at, setup.routers, complaints);
  const neighbours = flags.neighbour.flatMap(
    (text) => readHost(text, `--neighbour ${JSON.stringify(text)}`, complaints) ?? [],
  );
  const networks = readPrefixes('neighbours', flags.neighbours, complaints);
  if (flags.neighbour.length + flags.neighbours.length === 0)
    complaints.push('who are the nodes? Say --neighbour ADDRESS for each, or --neighbours CIDR');
  if (flags.neighbour.length > 0 && flags.neighbours.length > 0)
    complaints.push('--neighbour and --neighbours: name the nodes one by one or by their network, not both');
  complaints.push(...neighbourComplaints(neighbours, setup), ...networkComplaints(networks, setup));
  const families = routers.map(
    ({ address }): FamilyOptions => ({
      family: address.family,
      address,
      neighbours: neighbours.filter(({ family }) => family === address.family),
      networks: networks.filter(({ family }) => family === address.family),
      acceptedPrefixes: setup.advertised.prefixes.filter(({ family }) => family === address.family),
    }),
  );
  if (routers.length > 0) complaints.push(...familyComplaints(families, [...neighbours, ...networks], setup));
  return {
    as: routers[0]?.as ?? 0,
    nodeAS: setup.nodeAS,
    families,
    password: readRouterPassword(flags, complaints),
    communities: setup.communities,
  };
}

/** The addresses of the one router that is meant; none where that is not clear. */
function selectRouter(
  texts: readonly string[],
  routers: readonly RouterPeer[],
  complaints: string[],
): readonly RouterPeer[] {
  const names = routers.map(({ address }) => formatAddress(address)).join(', ');
  if (texts.length === 0) {
    if (routers.length > 1) complaints.push(`which router is it? Say --at with one of ${names}`);
    return routers.slice(0, routers.length > 1 ? 0 : 1);
  }
  const selected: RouterPeer[] = [];
  for (const text of texts) {
    const flagText = `--at ${JSON.stringify(text)}`;
    const read = parseAddress(text);
    const router = read.ok ? routers.find(({ address }) => sameAddress(address, read.value)) : undefined;
    if (!read.ok) complaints.push(`${flagText}: the address ${read.error}`);
    else if (router === undefined)
      complaints.push(`${flagText} is none of the routers (${names || 'there is none'})`);
    else if (selected.some(({ address }) => address.family === router.address.family))
      complaints.push(
        `${flagText} is a second IPv${router.address.family} address: print one router at a time`,
      );
    else if (selected.some(({ as }) => as !== router.as))
      complaints.push(`${flagText} has another AS than --at ${texts[0]}: these are two routers`);
    else selected.push(router);
  }
  return selected.sort((a, b) => a.address.family - b.address.family);
}

function neighbourComplaints(
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
        : [`${flagText} lies in --range ${formatRange(range)}, which is for Services`]),
    ];
  });
}

const networkComplaints = (networks: readonly Prefix[], { ranges }: CalicoSetupOptions): readonly string[] =>
  networks.flatMap((one) =>
    ranges
      .filter((range) => rangesOverlap(range, rangeOfPrefix(one)))
      .map(
        (range) =>
          `--neighbours ${formatPrefix(one)} overlaps --range ${formatRange(range)}: nodes and Services have addresses of their own`,
      ),
  );

/** Sessions that nobody opens, or that carry nothing. */
function familyComplaints(
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
        ? [
            `no neighbour is named by an IPv${family} address, as the sessions with ${formatAddress(address)} need it`,
          ]
        : []),
      ...(acceptedPrefixes.length === 0
        ? [`no --range is IPv${family}: sessions with ${formatAddress(address)} would carry nothing`]
        : []),
    ]),
    ...missing.map((family) => {
      const other = routers.some(({ address }) => address.family === family);
      return `neighbours have IPv${family} addresses and the router has none: ${other ? 'name its address with --at, too' : 'leave them out'}`;
    }),
  ];
}

/** What the kernel holds of a TCP MD5 key. */
const PASSWORD_MAX = 80;

function readRouterPassword(
  { password, 'password-secret': secret }: CalicoFlags,
  complaints: string[],
): string {
  if (password === '') return secret === '' ? '' : PASSWORD_PLACEHOLDER;
  if (!/^[!-~]+$/.test(password) || password.includes('"'))
    complaints.push(
      '--password takes printable ASCII without blanks and double quotes: all of these routers read that',
    );
  if (password.length > PASSWORD_MAX)
    complaints.push(`--password has ${password.length} characters; TCP MD5 takes at most ${PASSWORD_MAX}`);
  return password;
}
