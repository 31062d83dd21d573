/** What the routers of a playground have learned of each Service that has an address, or why they have not, as the speakers tell it. */
import { refusalSentence } from '../announce/refusal.ts';
import type { Told } from '../announce/told.ts';
import type { ServiceKey } from '../cluster/service.ts';
import { FAMILY_BITS, parseAddress } from '../net/address.ts';
import { formatPrefix, prefixContains } from '../net/prefix.ts';
import type { Neighbour } from '../speaker/neighbour.ts';
import { type Learned, type LearnedBook, shortened } from './learned.ts';
import type { Way } from './nativebest.ts';
import type { Learnt, RouterRib } from './nativerib.ts';
import type { Row } from './row.ts';

/** A speaker, for whoever looks at it from outside. */
export type SpeakerView = {
  readonly node: string;
  /** Null for a Service that it has not seen yet. */
  told(key: ServiceKey): Told | null;
  /** Its node leaves, and it has taken leave of everybody. */
  hasLeft(): boolean;
  readonly neighbours: readonly Pick<Neighbour, 'label' | 'line' | 'untold'>[];
};

export type NativeView = {
  readonly speakers: readonly SpeakerView[];
  /** By the router's address. */
  readonly ribs: ReadonlyMap<string, RouterRib>;
};

/** A Service of which a speaker does not know its address yet is left out. */
export function nativeLearned(rows: readonly Row[], view: NativeView): LearnedBook {
  return new Map(
    rows
      .filter((row) => row.standing === 'served' && view.speakers.every((one) => knows(one, row)))
      .map((row) => [row.key, learnedOf(row, view)]),
  );
}

function knows({ told }: SpeakerView, { key, addresses }: Row): boolean {
  const verdict = told(key)?.verdict;
  if (verdict === undefined) return false;
  if (verdict.kind === 'refused') return verdict.refusal.code !== 'noIPAllocated';
  return verdict.standing.addresses === addresses.join();
}

function learnedOf(row: Row, view: NativeView): Learned {
  const routes = new Map(row.addresses.map((text) => [text, routesTo(text, view)]));
  const lost = [...routes].filter(([, lines]) => lines.length === 0).map(([text]) => text);
  if (lost.length === 0) return { byAddress: routes, isWell: true, note: null };
  const whys = view.speakers.map((speaker) => ({ node: speaker.node, ...whyNot(speaker, row.key, lost) }));
  const reason = reasonOf(whys);
  return {
    byAddress: new Map([...routes].map(([text, lines]) => [text, lines.length === 0 ? [reason] : lines])),
    isWell: false,
    note: `${lost.join(' and ')} ${lost.length === 1 ? 'is' : 'are'} learned by no router: ${sentencesOf(whys)}.`,
  };
}

function routesTo(text: string, { ribs }: NativeView): readonly string[] {
  const address = parseAddress(text);
  if (!address.ok) return [];
  return [...ribs].flatMap(([router, rib]) => {
    const learnt = rib.wayTo(address.value);
    return learnt === null
      ? []
      : [`${router} via ${shortened(learnt.ways.map(wayText))}${rangeText(learnt)}`];
  });
}

const wayText = ({ node, weight, isLeaving }: Way): string =>
  `${node}${weight === null ? '' : `×${Number(weight.toPrecision(3))}`}${isLeaving ? ' (leaving)' : ''}`;

/** An aggregate is said: it brings addresses along that nobody asked for. */
const rangeText = ({ prefix }: Learnt): string =>
  prefix.length === FAMILY_BITS[prefix.family] ? '' : ` by ${formatPrefix(prefix)}`;

type Why = { readonly reason: string; readonly says: string };

function whyNot({ told, hasLeft, neighbours }: SpeakerView, key: ServiceKey, lost: readonly string[]): Why {
  const one = told(key);
  if (one?.verdict.kind === 'refused') {
    const { refusal } = one.verdict;
    return { reason: capital(refusal.code), says: refusalSentence(refusal) };
  }
  if (hasLeft()) return { reason: 'NodeLeaves', says: 'this node has left its routers' };
  if (neighbours.length === 0) return { reason: 'NoPeer', says: 'no BGPPeer selects this node' };
  const down = neighbours.find(({ line }) => line.state !== 'Established');
  if (down !== undefined) {
    const because = down.line.counters.lastError?.says;
    const says = `there is no session with ${down.label}${because === undefined ? '' : `: ${because}`}`;
    return { reason: 'NoSession', says };
  }
  const addresses = lost.map(parseAddress).flatMap((one) => (one.ok ? [one.value] : []));
  const untold = neighbours
    .flatMap((neighbour) => neighbour.untold)
    .find(({ prefix }) => addresses.some((one) => prefixContains(prefix, one)));
  return untold === undefined
    ? { reason: 'NotTold', says: 'no BGPPeer of this node is told of this address' }
    : { reason: 'NotTold', says: untold.says };
}

const capital = (code: string): string => `${code.slice(0, 1).toUpperCase()}${code.slice(1)}`;

function reasonOf(whys: readonly Why[]): string {
  if (whys.length === 0) return 'NoNode';
  const [reason = '', ...others] = new Set(whys.map((why) => why.reason));
  return others.length === 0 ? reason : 'NotLearned';
}

function sentencesOf(whys: readonly (Why & { readonly node: string })[]): string {
  if (whys.length === 0) return 'there is no Node, and so no speaker';
  const nodesBy = new Map<string, string[]>();
  for (const { node, says } of whys) nodesBy.set(says, [...(nodesBy.get(says) ?? []), node]);
  return [...nodesBy].map(([says, nodes]) => `${says} (${shortened(nodes)})`).join('; ');
}
