/** The ways of traffic that each announcer knows, in the form that pictures are drawn from. */
import { compareText } from '../../base/text.ts';
import type { AnnouncementExplanation } from '../../calico/report/announcement-explanation.ts';
import type { BgpExplanation } from '../../delivery/bgp-explanation.ts';
import type { Layer2Explanation } from '../../layer2/report/explanation.ts';
import type { ServiceWay, WayRoute } from '../../overview/answers.ts';
import type { NodeAnnouncement } from '../bgp/why/conclusion.ts';

export const calicoWay = ({ address, verdict, routers, nodes }: AnnouncementExplanation): ServiceWay => ({
  ...{ by: 'calico', address },
  announced: verdict === null || verdict.status === 'Unknown' ? null : verdict.status === 'True',
  says: verdict?.message ?? '',
  nodes: nodes.map(({ node, prefix, to, because }) => ({
    ...{ node, leads: to.length > 0 },
    says: prefix === null ? `does not advertise it: ${because}` : because,
  })),
  routers: routers.map(({ router, prefix, from }) => ({
    router,
    routes: prefix === null ? [] : [{ prefix, from }],
  })),
});

type Verdict = Pick<ServiceWay, 'announced' | 'says'>;

/** As each speaker answers. */
export function speakersWay(nodes: readonly NodeAnnouncement[], verdict: Verdict): ServiceWay {
  const routes = new Map<string, Map<string, string[]>>();
  for (const { node, peers } of nodes) {
    for (const { name, advertised } of peers) {
      const prefixes = routes.get(name) ?? new Map<string, string[]>();
      routes.set(name, prefixes);
      for (const prefix of advertised) prefixes.set(prefix, [...(prefixes.get(prefix) ?? []), node]);
    }
  }
  return {
    ...{ by: 'bgp-speakers', address: null, ...verdict },
    nodes: nodes.map(({ node, peers, shouldAnnounce, reason }) => ({
      node,
      leads: peers.some(({ advertised }) => advertised.length > 0),
      says: shouldAnnounce ? troubleOf(peers) : `does not announce it: ${reason}`,
    })),
    routers: [...routes]
      .sort(([a], [b]) => compareText(a, b))
      .map(([router, prefixes]) => ({
        router,
        routes: [...prefixes].map(([prefix, from]): WayRoute => ({ prefix, from })),
      })),
  };
}

const troubleOf = (peers: NodeAnnouncement['peers']): string =>
  peers.flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`])).join('; ');

/** As predicted from files: without its routers. */
export const predictedWay = ({ nodes, isAdvertised, says }: BgpExplanation): ServiceWay => ({
  ...{ by: 'bgp-speakers', address: null, announced: isAdvertised, says },
  nodes: nodes.map(({ node, isAdvertising, says: text }) => ({ node, leads: isAdvertising, says: text })),
  routers: [],
});

export const layer2Way = (
  { nodes }: Pick<Layer2Explanation, 'nodes'>,
  { announced, says }: Verdict,
): ServiceWay => ({
  ...{ by: 'layer2-speakers', address: null, announced, says },
  nodes: nodes.map(({ node, isOwner, says: text }) => ({
    ...{ node, says: text },
    leads: isOwner && announced === true,
  })),
  routers: [],
});
