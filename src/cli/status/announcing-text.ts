/** Who announces, as texts: Calico, sessions of the speakers, owners by layer 2; a line for each that is there. */
import { joinCauses } from '../../base/shared-causes.ts';
import { plural } from '../../base/text.ts';
import type {
  CalicoOverview,
  Layer2Overview,
  SessionCounts,
  SpeakerOverview,
} from '../../overview/announcing-document.ts';
import type { AnnouncedCounts, OverviewDocument } from '../../overview/document.ts';

export function announcingTexts({
  announcing,
  services,
  partial,
  kinds,
}: OverviewDocument): readonly string[] {
  const { calico, speakers, sessions, layer2, unknown } = announcing;
  const announced = services === null ? '' : announcedText(services.announced);
  const texts = [
    ...(calico === null ? [] : [calicoText(calico)]),
    ...(speakers === null || sessions === null ? [] : [speakersText(speakers, sessions)]),
    ...(layer2 === null ? [] : [layer2Text(layer2)]),
    ...joinCauses(unknown),
  ];
  if (texts.length > 0) return [...texts, ...(announced === '' ? [] : [announced])];
  if (partial) return ['not known: what would tell it could not be read'];
  const isShown = kinds.some(({ kind, state }) => kind === 'SpeakerStatus' && state !== 'notShown');
  return !isShown
    ? ['not known: the files show no speaker, and no BGP of Calico']
    : ['nobody: neither Calico nor a speaker of Berth announces addresses here'];
}

function calicoText({ version, routers }: CalicoOverview): string {
  const routes = Math.max(0, ...routers.map((one) => one.routes));
  const up = routers.reduce((sum, { sessions }) => sum + sessions.up, 0);
  const all = routers.reduce((sum, { sessions }) => sum + sessions.all, 0);
  const name = `Calico${version === null ? '' : ` ${version}`}`;
  return routers.length === 0
    ? `${name}: no router that nodes peer with`
    : `${name}: ${plural(routers.length, 'router')} ${routers.length === 1 ? 'learns' : 'learn'} up to ${plural(routes, 'route')} over ${up} of ${plural(all, 'session')}, by its model`;
}

function speakersText(speakers: readonly SpeakerOverview[], { up, all }: SessionCounts): string {
  const expected = speakers.filter(({ state }) => state !== 'left');
  const running = expected.filter(({ state }) => state === 'running').length;
  const starting = expected.filter(({ state }) => state === 'starting').length;
  const others = expected.filter(({ state }) => state === 'draining').length;
  const draining = others === 0 ? '' : `, ${others} ${others === 1 ? 'drains' : 'drain'}`;
  return `BGP: ${up} of ${plural(all, 'session')} up; ${running} of ${plural(expected.length, 'speaker')} running${draining}${starting === 0 ? '' : `, ${starting} starting`}`;
}

function layer2Text({ nodes }: Layer2Overview): string {
  const owned = nodes.reduce((sum, { services }) => sum + services, 0);
  const owners = nodes.filter(({ services }) => services > 0).length;
  return `layer 2: ${plural(owners, 'node')} of ${nodes.length} ${owners === 1 ? 'answers' : 'answer'} for ${plural(owned, 'Service')}`;
}

/** '' while nothing is said about any Service. */
function announcedText({ yes, no, unknown, unsaid }: AnnouncedCounts): string {
  if (yes + no + unknown === 0) return '';
  const parts = [
    ...(no === 0 ? [] : [`${no} not`]),
    ...(unknown === 0 ? [] : [`${unknown} not known`]),
    ...(unsaid === 0 ? [] : [`nothing said of ${unsaid}`]),
  ];
  return `Services with an address: ${yes} announced${parts.length === 0 ? '' : `, ${parts.join(', ')}`}`;
}
