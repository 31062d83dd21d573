/** The router's side of a set-up: its own addresses, who its neighbours are, and what it takes from them. */
import { type Address, type Family, formatAddress, parseAddress, sameAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix } from '../../../net/prefix.ts';
import { formatRange, rangeContains, rangeOfPrefix, rangesOverlap } from '../../../net/range.ts';
import type { CalicoFlags } from '../command.ts';
import { type Router, readHost, readPrefixes } from '../init/addresses.ts';
import { PLACEHOLDER, type Wish } from '../init/wish.ts';

/** Of one address family: a session carries the routes of its own. */
export type End = {
  readonly family: Family;
  readonly address: Address;
  /** One by one, or none where they come by `networks`. */
  readonly neighbours: readonly Address[];
  readonly networks: readonly Prefix[];
  readonly accepted: readonly Prefix[];
};

export type Side = {
  readonly as: number;
  readonly nodeAS: number;
  readonly ends: readonly End[];
  /** '' for none. */
  readonly password: string;
  readonly communities: readonly string[];
};

/** Both as one machine has them: seconds. */
export const HOLD = 9;
export const KEEPALIVE = 3;
/** Next hops of one route. */
export const HOPS_MAX = 64;

/** The side is whole where it leaves nothing in `complaints`. */
export function readSide(flags: CalicoFlags, wish: Wish, complaints: string[]): Side {
  const routers = chosen(flags.at, wish.routers, complaints);
  const neighbours = flags.neighbour.flatMap(
    (text) => readHost(text, `--neighbour ${JSON.stringify(text)}`, complaints) ?? [],
  );
  const networks = readPrefixes('neighbours', flags.neighbours, complaints);
  if (flags.neighbour.length + flags.neighbours.length === 0)
    complaints.push('who are the nodes? Say --neighbour ADDRESS for each, or --neighbours CIDR');
  if (flags.neighbour.length > 0 && flags.neighbours.length > 0)
    complaints.push('--neighbour and --neighbours: name the nodes one by one or by their network, not both');
  complaints.push(...neighbourComplaints(neighbours, wish), ...networkComplaints(networks, wish));
  const ends = routers.map(
    ({ address }): End => ({
      family: address.family,
      address,
      neighbours: neighbours.filter(({ family }) => family === address.family),
      networks: networks.filter(({ family }) => family === address.family),
      accepted: wish.listed.prefixes.filter(({ family }) => family === address.family),
    }),
  );
  if (routers.length > 0) complaints.push(...familyComplaints(ends, [...neighbours, ...networks], wish));
  return {
    as: routers[0]?.as ?? 0,
    nodeAS: wish.nodeAS,
    ends,
    password: readPassword(flags, complaints),
    communities: wish.communities,
  };
}

/** The addresses of the one router that is meant; none where that is not clear. */
function chosen(
  texts: readonly string[],
  routers: readonly Router[],
  complaints: string[],
): readonly Router[] {
  const names = routers.map(({ address }) => formatAddress(address)).join(', ');
  if (texts.length === 0) {
    if (routers.length > 1) complaints.push(`which router is it? Say --at with one of ${names}`);
    return routers.slice(0, routers.length > 1 ? 0 : 1);
  }
  const meant: Router[] = [];
  for (const text of texts) {
    const says = `--at ${JSON.stringify(text)}`;
    const read = parseAddress(text);
    const router = read.ok ? routers.find(({ address }) => sameAddress(address, read.value)) : undefined;
    if (!read.ok) complaints.push(`${says}: the address ${read.error}`);
    else if (router === undefined)
      complaints.push(`${says} is none of the routers (${names || 'there is none'})`);
    else if (meant.some(({ address }) => address.family === router.address.family))
      complaints.push(`${says} is a second IPv${router.address.family} address: print one router at a time`);
    else if (meant.some(({ as }) => as !== router.as))
      complaints.push(`${says} has another AS than --at ${texts[0]}: these are two routers`);
    else meant.push(router);
  }
  return meant.sort((a, b) => a.address.family - b.address.family);
}

function neighbourComplaints(neighbours: readonly Address[], { ranges, routers }: Wish): readonly string[] {
  return neighbours.flatMap((one, index) => {
    const says = `--neighbour ${formatAddress(one)}`;
    const range = ranges.find((each) => rangeContains(each, one));
    return [
      ...(neighbours.findIndex((other) => sameAddress(other, one)) < index ? [`${says} is named twice`] : []),
      ...(routers.some(({ address }) => sameAddress(address, one))
        ? [`${says} is a router, not a node`]
        : []),
      ...(range === undefined
        ? []
        : [`${says} lies in --range ${formatRange(range)}, which is for Services`]),
    ];
  });
}

const networkComplaints = (networks: readonly Prefix[], { ranges }: Wish): readonly string[] =>
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
  ends: readonly End[],
  named: readonly { readonly family: Family }[],
  { routers }: Wish,
): readonly string[] {
  const here = ends.map(({ family }) => family);
  const strange = ([4, 6] as const).filter(
    (family) => !here.includes(family) && named.some((one) => one.family === family),
  );
  return [
    ...ends.flatMap(({ family, address, neighbours, networks, accepted }) => [
      ...(named.length > 0 && neighbours.length + networks.length === 0
        ? [
            `no neighbour is named by an IPv${family} address, as the sessions with ${formatAddress(address)} need it`,
          ]
        : []),
      ...(accepted.length === 0
        ? [`no --range is IPv${family}: sessions with ${formatAddress(address)} would carry nothing`]
        : []),
    ]),
    ...strange.map((family) => {
      const other = routers.some(({ address }) => address.family === family);
      return `neighbours have IPv${family} addresses and the router has none: ${other ? 'name its address with --at, too' : 'leave them out'}`;
    }),
  ];
}

/** What the kernel holds of a TCP MD5 key. */
const PASSWORD_MAX = 80;

function readPassword({ password, 'password-secret': secret }: CalicoFlags, complaints: string[]): string {
  if (password === '') return secret === '' ? '' : PLACEHOLDER;
  if (!/^[!-~]+$/.test(password) || password.includes('"'))
    complaints.push(
      '--password takes printable ASCII without blanks and double quotes: all of these routers read that',
    );
  if (password.length > PASSWORD_MAX)
    complaints.push(`--password has ${password.length} characters; TCP MD5 takes at most ${PASSWORD_MAX}`);
  return password;
}
