/**
 * What the condition `berth.dev/Announced` says of a Service where Berth's speakers announce: each node is asked what its
 * speaker would do, and the nodes' own words tell whether a session stands.
 *
 * Verdict, reason and message follow from what people wrote and from names. A session that comes and goes does not
 * rewrite thousands of Services, unless it was the last; nor do counts.
 */
import type { Endpoints } from '../announce/endpoints.ts';
import { NO_ENDPOINTS } from '../announce/endpoints.ts';
import type { Peer } from '../announce/peers.ts';
import { type Refusal, refusalSentence } from '../announce/refusal.ts';
import { remedyFor } from '../announce/remedy.ts';
import { carries, hears } from '../announce/table.ts';
import { judgeService, type Offer, type Standing, type Verdict } from '../announce/verdict.ts';
import { compareText } from '../base/text.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import { type Address, formatAddress, parseAddress, sameAddress } from '../net/address.ts';
import type { ServiceEndpoints } from './nativeendpoints.ts';
import type { NodeClass } from './nativenodes.ts';
import { ANYWHERE, farthest, type NativeWord, REASON_OF } from './nativereasons.ts';
import type { SpeakerWord } from './nativespeakers.ts';

/** More nodes, or peers, than that are not all named. */
const NAMED_MAX = 8;
const NAMED_OF_MANY = 3;

export type NativeWorld = {
  readonly classes: readonly NodeClass[];
  readonly words: ReadonlyMap<string, SpeakerWord>;
  /** Where Services stood when they were last announced; kept up to date here. */
  readonly standing: Map<ServiceKey, Standing>;
};

/** What the speakers of some nodes do with it. */
type Part = {
  readonly of: NodeClass;
  readonly nodes: readonly string[];
  readonly verdict: Verdict;
  /** Peers with whom one of these nodes has a session. */
  readonly up: ReadonlySet<string>;
};

type Hearing = { readonly part: Part; readonly peer: Peer };

/** Null for a Service that has nothing to announce. */
export function nativeWord(
  service: Service,
  endpoints: ServiceEndpoints,
  world: NativeWorld,
): NativeWord | null {
  const addresses = service.ingress.flatMap(({ ip }) => {
    const read = ip === null ? null : parseAddress(ip);
    return read?.ok === true ? [read.value] : [];
  });
  if (addresses.length === 0 || addresses.length < service.ingress.length) return null;
  const text = addresses.map(formatAddress).join(' and ');
  if (world.classes.length === 0)
    return no('NoSpeaker', `Nothing announces ${text}: every speaker has left its node.`);
  const elsewhere = new Map<string, Verdict>();
  const parts = world.classes.flatMap((one) => partsOf(service, endpoints, one, world, elsewhere));
  remember(service.key, parts, world);
  const heard = addresses.map((address) => ({ address, by: hearingsOf(address, parts) }));
  const deaf = heard.find(({ by }) => by.length === 0);
  if (deaf !== undefined) return whyDeaf(service, deaf.address, parts);
  const silent = heard.find(({ by }) => !by.some(({ part, peer }) => part.up.has(peer.name)));
  if (silent !== undefined) {
    return whySilent(formatAddress(silent.address), silent.by, world);
  }
  const { peers, nodes } = namesOf(heard.flatMap(({ by }) => by));
  return { status: 'True', reason: 'Announced', message: `Announced by BGP from ${nodes} to ${peers}.` };
}

const no = (reason: NativeWord['reason'], message: string): NativeWord => ({
  status: 'False',
  reason,
  message,
});

/** A Service of policy Cluster is the same to all nodes of a class, unless they have weights. `byKin` is filled here. */
function partsOf(
  service: Service,
  { anywhere, nodes }: ServiceEndpoints,
  of: NodeClass,
  { standing, words }: NativeWorld,
  byKin: Map<string, Verdict>,
): readonly Part[] {
  const { flags, settings, view } = of;
  const judge = (endpoints: Endpoints): Verdict =>
    judgeService(service, endpoints, { settings, flags, standing, node: view });
  const elsewhere = byKin.get(of.kin) ?? judge({ ...NO_ENDPOINTS, anywhere });
  byKin.set(of.kin, elsewhere);
  if (service.externalTrafficPolicy !== 'Local' && !of.isWeighted)
    return [{ of, nodes: of.names, verdict: elsewhere, up: of.up }];
  const here = [...nodes].filter(([name]) => of.members.has(name));
  const own = here.map(
    ([name, endpoints]): Part => ({
      of,
      nodes: [name],
      verdict: judge(endpoints),
      up: words.get(name)?.up ?? new Set(),
    }),
  );
  if (here.length === of.names.length) return own;
  const rest = elsewhere.kind === 'refused' ? of.names : of.names.filter((name) => !nodes.has(name));
  return [...own, { of, nodes: rest, verdict: elsewhere, up: of.up }];
}

/** As the speakers do: a Service that none announces any more has no place to come back to. */
function remember(key: ServiceKey, parts: readonly Part[], { standing }: NativeWorld): void {
  const found = parts.flatMap(({ verdict }) => (verdict.kind === 'announced' ? [verdict.standing] : []))[0];
  if (found === undefined) standing.delete(key);
  else standing.set(key, found);
}

const offersOf = ({ verdict }: Part, address: Address): readonly Offer[] =>
  verdict.kind === 'announced' ? verdict.offers.filter((one) => sameAddress(one.address, address)) : [];

function hearingsOf(address: Address, parts: readonly Part[]): readonly Hearing[] {
  return parts.flatMap((part) => {
    const offers = offersOf(part, address);
    return [...part.of.settings.peers.active.values()]
      .filter((peer) =>
        offers.some(({ advertisement, prefix }) => hears(peer, advertisement) && carries(peer, prefix)),
      )
      .map((peer) => ({ part, peer }));
  });
}

/** Of several speakers that are meant the message is the same, whichever of them runs: they are restarted one by one. */
function whySilent(text: string, by: readonly Hearing[], { words }: NativeWorld): NativeWord {
  const { peers, nodes } = namesOf(by);
  const names = new Set(by.flatMap(({ part }) => part.nodes));
  if ([...names].some((name) => words.get(name)?.isRunning)) {
    const who = `No session is established that would carry ${text}: from ${nodes} to ${peers}`;
    return no('SessionDown', `${who}. The ConfigMaps berth-speaker-NODE say what is wrong.`);
  }
  const [who, whose] =
    names.size === 1
      ? [`the speaker on ${nodes} does not run`, 'its Pod is']
      : [`the speakers on ${nodes} do not run`, 'their Pods are'];
  return no(
    'NoSpeaker',
    `Nothing announces ${text}: ${who}. To mend it: see why ${whose} missing or not ready.`,
  );
}

function whyDeaf(service: Service, address: Address, parts: readonly Part[]): NativeWord | null {
  const text = formatAddress(address);
  const peering = parts.filter(({ of }) => of.settings.peers.active.size > 0);
  if (peering.length === 0) {
    const todo = 'create one, or mend spec.nodeSelectors of those there are';
    return no('NoPeer', `Nobody hears of ${text}: no BGPPeer selects a node that has a speaker; ${todo}.`);
  }
  const announcing = peering.filter((part) => offersOf(part, address).length > 0);
  if (announcing.length > 0) {
    const isMeant = announcing.some((part) =>
      [...part.of.settings.peers.active.values()].some((peer) =>
        offersOf(part, address).some(({ advertisement }) => hears(peer, advertisement)),
      ),
    );
    const why = isMeant
      ? `no session carries IPv${address.family}; add a BGPPeer of that family, or set spec.dualStackAddressFamily of one`
      : 'spec.peers of its BGPAdvertisements name no BGPPeer of the nodes that announce it';
    return no('NoPeer', `Nobody hears of ${text}: ${why}.`);
  }
  const refusals = peering.flatMap(({ verdict, nodes }) =>
    verdict.kind === 'refused' ? [{ refusal: verdict.refusal, node: nodes[0] ?? '' }] : [],
  );
  const [first] = refusals.sort((a, b) => farthest(a.refusal, b.refusal) || compareText(a.node, b.node));
  return first === undefined ? null : refusedWord(service, text, first);
}

function refusedWord(
  { key: service }: Service,
  text: string,
  { refusal, node }: { readonly refusal: Refusal; readonly node: string },
): NativeWord | null {
  const reason = REASON_OF[refusal.code];
  if (reason === null) return null;
  const where = ANYWHERE.has(refusal.code) ? '' : `on ${node}, `;
  const todo = remedyFor(refusal, { service, node });
  return no(reason, `No node announces ${text}: ${where}${refusalSentence(refusal)}. To mend it: ${todo}.`);
}

function namesOf(hearings: readonly Hearing[]): { readonly peers: string; readonly nodes: string } {
  const peers = new Map(hearings.map(({ peer }) => [peer.name, peer]));
  const lists = new Set(hearings.map(({ part }) => part.nodes));
  return {
    nodes: named([...lists]),
    peers: named([[...peers.keys()].sort(compareText)], (name) => {
      const peer = peers.get(name);
      return peer === undefined ? name : `${name} (${formatAddress(peer.address)})`;
    }),
  };
}

/** `lists` are in order, each of them, and have nothing in common. */
function named(
  lists: readonly (readonly string[])[],
  show: (name: string) => string = (name) => name,
): string {
  const first = lists.flatMap((list) => list.slice(0, NAMED_MAX + 1)).sort(compareText);
  if (first.length <= NAMED_MAX) return first.map(show).join(', ');
  return `${first.slice(0, NAMED_OF_MANY).map(show).join(', ')} and others`;
}
