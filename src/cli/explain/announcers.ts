/**
 * Who announces the addresses of a Service: Calico, Berth's speakers by BGP or layer 2, or nobody. Each of `ANNOUNCERS` answers for itself,
 * so another way of announcing is one more entry.
 */

import { readIngressStatus } from '../../allocation/ingress-status.ts';
import { explainAnnouncement } from '../../calico/report/announcement-explanation.ts';
import { formatAddress } from '../../net/address.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { STATUS_API_PATHS } from '../../speaker/status-api/paths.ts';
import { queryAllSpeakers } from '../bgp/speakers/status-query.ts';
import { concludeWhy, readNodeAnnouncement } from '../bgp/why/conclusion.ts';
import { whyLines } from '../bgp/why/text.ts';
import { diagnoseCalico, withServiceAddresses } from '../cluster/calico-input.ts';
import { proseLines, titleLines } from '../framework/lines.ts';
import { layer2WhyLines } from '../l2/why/run.ts';
import { announcementLines } from './announcement-text.ts';
import type { Announcer, AnnouncerQuery, Announcers, Found } from './announcer.ts';
import { explainByLayer2 } from './layer2-announcer.ts';
import { calicoWay, layer2Way, speakersWay } from './service-ways.ts';
import { explainSpeakersInFiles } from './speakers-in-files.ts';

const ANNOUNCERS: readonly ((query: AnnouncerQuery) => Promise<Found>)[] = [
  explainCalico,
  explainSpeakers,
  explainLayer2Speakers,
  explainSpeakersInFiles,
];

export async function findAnnouncers(query: AnnouncerQuery): Promise<Announcers> {
  const found = query.addresses.length === 0 ? [] : await Promise.all(ANNOUNCERS.map((one) => one(query)));
  return {
    announcers: found.flatMap(({ announcers }) => announcers ?? []),
    calico: found.find(({ calico }) => calico != null)?.calico ?? null,
    unread: found.flatMap(({ unread }) => unread ?? []),
  };
}

async function explainCalico({ opened, services, addresses }: AnnouncerQuery): Promise<Found> {
  const read = await opened.source.readCalicoInput();
  if (!read.ok) return { unread: [`how routers learn it was not checked: ${read.error}`] };
  const input = read.value;
  if (input === null) return {};
  const assigned = new Map([...services].map(([key, one]) => [key, readIngressStatus(one).addresses]));
  const objects = withServiceAddresses(input.objects, assigned);
  const { snapshot, findings } = diagnoseCalico({ ...input, objects });
  const calico = addresses.map((address) => explainAnnouncement(snapshot, findings, address));
  const verdict = calico.find(({ verdict }) => verdict?.status !== 'True')?.verdict ?? calico[0]?.verdict;
  const conclusion = verdict?.message || "it is not known: Calico's model has no verdict about it";
  const errors = calico.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'error');
  const change = errors[0]?.todo ?? null;
  const announcer: Announcer = {
    by: 'calico',
    announced: verdict == null || verdict.status === 'Unknown' ? null : verdict.status === 'True',
    ...{ conclusion, change },
    ways: calico.map(calicoWay),
    sections: (format, { isConcluded }) =>
      calico.map((one) => announcementLines(one, isConcluded ? [conclusion, change] : [], format)),
  };
  return { calico, announcers: [announcer] };
}

async function explainSpeakers({ opened, service, context }: AnnouncerQuery): Promise<Found> {
  const { reading } = opened;
  if (reading === null || service === null) return {};
  const request = { path: STATUS_API_PATHS.services, query: { service } };
  const queried = await queryAllSpeakers(context, reading, request);
  if (!queried.ok) return { unread: [`which speakers announce it was not checked: ${queried.error}`] };
  const responses = queried.value;
  if (responses.length === 0) return {};
  const nodes = responses.flatMap(({ node, document }) =>
    document.ok ? [readNodeAnnouncement(node, document.value)] : [],
  );
  const conclusion = concludeWhy(service, nodes, responses.length);
  const silent = responses.length - nodes.length;
  const announced = conclusion.announced ? true : silent > 0 ? null : false;
  const announcer: Announcer = {
    ...{ by: 'bgp-speakers', announced },
    ways: [speakersWay(nodes, { announced, says: conclusion.conclusion })],
    conclusion: conclusion.conclusion,
    change: conclusion.change,
    sections: (format, { hidesFix }) => {
      const shown = hidesFix ? { ...conclusion, change: null } : conclusion;
      return [whyLines({ service, nodes, responses, conclusion: shown }, format, "Berth's speakers")];
    },
  };
  const unread = silent === 0 ? [] : [`${silent} of ${responses.length} speakers did not answer`];
  return { announcers: [announcer], unread };
}

async function explainLayer2Speakers({ opened, service, lbClass }: AnnouncerQuery): Promise<Found> {
  const { reading } = opened;
  if (reading === null || service === null) return {};
  const answer = await explainByLayer2(reading, service, { lbClass });
  if (!answer.ok) return { unread: [`who answers by layer 2 was not checked: ${answer.error}`] };
  if (answer.value === null) return {};
  const explanation = answer.value;
  const announced = explanation.verdict === 'answered';
  const conclusion = explanation.says;
  const announcer: Announcer = {
    ...{ by: 'layer2-speakers', announced, conclusion },
    ways: [layer2Way(explanation, { announced, says: conclusion })],
    change: explanation.fix,
    sections: (format, { hidesFix }) => {
      const shown = hidesFix ? { ...explanation, fix: null } : explanation;
      return [layer2WhyLines("Berth's speakers, by layer 2", shown, format)];
    },
  };
  return { announcers: [announcer] };
}

/** The announcer that decides: one that announces it, else the first that does not. Null without one. */
export const decidingAnnouncer = ({ announcers }: Announcers): Announcer | null =>
  announcers.find(({ announced }) => announced === true) ?? announcers[0] ?? null;

/** What each of them says, for people; `concluded` is the one whose conclusion is printed above. */
export function announcerSections(
  { announcers }: Announcers,
  concluded: Announcer | null,
  format: TextFormat,
): readonly (readonly string[])[] {
  const isAnnounced = announcers.some(({ announced }) => announced === true);
  return announcers.flatMap((one) =>
    one.sections(format, {
      hidesFix: isAnnounced && one.announced !== true,
      isConcluded: one === concluded,
    }),
  );
}

/** Where no announcer was found: where it was looked for, and what that means for the address. Speakers elsewhere were not seen. */
export function nobodyLines(
  { opened, addresses }: Pick<AnnouncerQuery, 'opened' | 'addresses'>,
  { announcers, unread }: Announcers,
  format: TextFormat,
): readonly string[] {
  if (addresses.length === 0 || announcers.length > 0 || unread.length > 0) return [];
  const { pools: namespace } = opened.defaultNamespaces;
  if (opened.reading === null)
    return proseLines(
      `The files show no BGP of Calico, and no peer and no advertisement for speakers in the namespace ${namespace}. If speakers run in another namespace, add --pool-namespace.`,
      format,
    );
  const address = addresses.map(formatAddress).join(' and ');
  return [
    ...titleLines('No speaker found', format),
    ...proseLines(
      `This cluster has no BGP of Calico, and the namespace ${namespace} has no speaker; no other namespace was looked in. Without a speaker, Berth only assigns ${address}: traffic arrives if another program or a static route leads to it.`,
      format,
      { first: 2 },
    ),
    ...proseLines(
      "Fix: deploy Berth's speakers, or set the namespace of the speakers with --pool-namespace.",
      format,
      { first: 2 },
    ),
  ];
}
