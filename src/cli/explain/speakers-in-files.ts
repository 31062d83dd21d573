/** How the speakers would announce the addresses of a Service, predicted from files: by BGP, and by layer 2. */
import { readIngressStatus } from '../../allocation/ingress-status.ts';
import type { BgpExplanation } from '../../delivery/bgp-explanation.ts';
import { announcedState } from '../../delivery/deliveries.ts';
import { type DeliveryExplanation, explainDelivery } from '../../delivery/explanation.ts';
import { readSpeakerCluster } from '../../delivery/speaker-cluster.ts';
import type { Layer2Explanation } from '../../layer2/report/explanation.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { withServiceAddresses } from '../cluster/calico-input.ts';
import { joinSections, proseLines, titleLines } from '../framework/lines.ts';
import { layer2WhyLines } from '../l2/why/run.ts';
import type { Announcer, AnnouncerQuery, Found } from './announcer.ts';
import { layer2Way, predictedWay } from './service-ways.ts';

/** Nodes that are listed one by one. */
const NODES_MAX = 20;

export async function explainSpeakersInFiles({
  opened,
  service,
  services,
  lbClass,
}: AnnouncerQuery): Promise<Found> {
  if (opened.reading !== null || service === null) return {};
  const read = await opened.source.readSpeakerInput(false);
  if (!read.ok) return { unread: [`which speakers announce it was not checked: ${read.error}`] };
  if (read.value === null) return {};
  const assigned = new Map([...services].map(([key, one]) => [key, readIngressStatus(one).addresses]));
  const cluster = readSpeakerCluster(withServiceAddresses(read.value.objects, assigned), {
    namespace: opened.defaultNamespaces.pools,
    lbClass: lbClass || null,
    completeKinds: new Set(),
  });
  if (cluster.objects.nodes.length === 0) return { announcers: [WITHOUT_NODES] };
  return { announcers: announcersOf(explainDelivery(cluster, announcedState(cluster, null), service)) };
}

const UNKNOWN = 'it is not known which nodes announce it: the files have no Node';

const WITHOUT_NODES: Announcer = {
  by: 'bgp-speakers',
  announced: null,
  conclusion: UNKNOWN,
  change: null,
  ways: [],
  sections: (format) => [
    [...titleLines(TITLE, format), ...proseLines(`Unknown: ${UNKNOWN}.`, format, { first: 2 })],
  ],
};

const TITLE = "Berth's speakers, as predicted from the files";

/** One for each way that concerns the Service; where none does, one that says so. */
function announcersOf({ bgp, layer2, says, fix, hints }: DeliveryExplanation): readonly Announcer[] {
  const byBgp: readonly Announcer[] =
    bgp === null
      ? []
      : [
          {
            by: 'bgp-speakers',
            announced: bgp.isAdvertised,
            ...{ conclusion: bgp.says, change: bgp.fix },
            ways: [predictedWay(bgp)],
            sections: (format, { hidesFix }) => [bgpLines(hidesFix ? { ...bgp, fix: null } : bgp, format)],
          },
        ];
  const byLayer2: readonly Announcer[] =
    layer2 === null
      ? []
      : [
          {
            by: 'layer2-speakers',
            announced: layer2.verdict === 'answered',
            ...{ conclusion: layer2.says, change: layer2.fix },
            ways: [layer2Way(layer2, { announced: layer2.verdict === 'answered', says: layer2.says })],
            sections: (format, { hidesFix }) => [
              layer2Lines(hidesFix ? { ...layer2, fix: null } : layer2, hints, format),
            ],
          },
        ];
  if (bgp !== null || layer2 !== null) return [...byBgp, ...byLayer2];
  const sections: Announcer['sections'] = (format) => [
    [
      ...titleLines(TITLE, format),
      ...proseLines(`${says}.`, format, { first: 2 }),
      ...(fix === null ? [] : proseLines(`Fix: ${fix}`, format, { first: 2 })),
    ],
  ];
  return [{ by: 'bgp-speakers', announced: false, conclusion: says, change: fix, ways: [], sections }];
}

function bgpLines({ nodes, says, fix, isAdvertised }: BgpExplanation, format: TextFormat): readonly string[] {
  const shown = nodes.slice(0, NODES_MAX);
  return joinSections([
    [
      ...titleLines(TITLE, format),
      ...shown.flatMap(({ node, says: text }) =>
        proseLines(`${node} ${text}`, format, { first: 2, rest: 4 }),
      ),
      ...(nodes.length > shown.length ? [`  and ${nodes.length - shown.length} more nodes`] : []),
    ],
    [
      ...proseLines(`${says}.`, format).map((text) => format.paint(isAdvertised ? 'green' : 'red', text)),
      ...(fix === null ? [] : proseLines(`Fix: ${fix}`, format)),
    ],
  ]);
}

const layer2Lines = (
  explanation: Layer2Explanation,
  hints: readonly string[],
  format: TextFormat,
): readonly string[] => [
  ...layer2WhyLines(`${TITLE}, by layer 2`, explanation, format),
  ...hints.flatMap((hint) => ['', ...proseLines(`Problem: ${hint}`, format)]),
];
