import type { JSX } from 'preact';
import type {
  AnnouncingOverview,
  SessionOverview,
  SpeakerOverview,
} from '../../src/overview/announcing-document.ts';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { HiddenItems } from '../parts/hidden-items.tsx';
import { Layer2Owners } from '../parts/layer2-owners.tsx';
import { Ago, Mark } from '../parts/marks.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { Topology } from '../parts/topology.tsx';
import { route } from '../route.ts';
import { count } from '../text.ts';
import { SESSION_TONES, SPEAKER_TONES } from '../tone.ts';

export function Network({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { calico, speakers, layer2, unknown } = document.announcing;
  // Where all of them answer by layer 2 alone, the other table has all that there is.
  const hasSpeakersOfBgp =
    (speakers ?? []).some(({ sessions }) => sessions.length > 0) ||
    (layer2 === null && (speakers ?? []).length > 0);
  return (
    <>
      <h1>Network</h1>
      {unknown.map((says) => (
        <p key={says} class="notice">
          <Mark tone="warning">{says}.</Mark>
        </p>
      ))}
      <Topology document={document} />
      {calico !== null && <Calico calico={calico} />}
      {hasSpeakersOfBgp && <Speakers speakers={speakers ?? []} now={document.time} />}
      {layer2 !== null && <Layer2Owners layer2={layer2} document={document} />}
      {calico === null && speakers === null && layer2 === null && (
        <p>Neither Calico nor a speaker announces addresses, as far as can be seen.</p>
      )}
    </>
  );
}

function Calico({ calico }: { readonly calico: NonNullable<AnnouncingOverview['calico']> }): JSX.Element {
  return (
    <section class="card">
      <h2>Routers of Calico{calico.version === null ? '' : ` ${calico.version}`}</h2>
      <p class="about">Predicted by the model of Calico from its objects: berth doctor says why.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">Router</th>
            <th scope="col" class="number">
              AS
            </th>
            <th scope="col">Sessions</th>
            <th scope="col" class="number">
              Routes learned
            </th>
          </tr>
        </thead>
        <tbody>
          {calico.routers.map(({ router, as, sessions, routes }) => (
            <tr key={router}>
              <th scope="row" class="mono">
                {router}
              </th>
              <td class="number">{as}</td>
              <td>
                <Mark tone={sessions.up === sessions.all ? 'good' : 'bad'}>
                  {sessions.up} of {sessions.all}
                </Mark>
              </td>
              <td class="number">{count(routes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Nodes that are listed at first: those that need somebody, then by name. */
const NODES_SHOWN_MAX = 40;
/** With more peers than this each node lists the sessions that are not up. */
const PEER_COLUMNS_MAX = 6;

const needsSomebody = ({ state, sessions }: SpeakerOverview): boolean =>
  state !== 'running' || sessions.some((one) => one.state !== 'up');

/** Nodes against peers: a cell is a session. */
function Speakers({
  speakers,
  now,
}: {
  readonly speakers: readonly SpeakerOverview[];
  readonly now: string;
}): JSX.Element {
  const peers = [...new Set(speakers.flatMap(({ sessions }) => sessions.map(({ peer }) => peer)))].sort();
  const columns = peers.length <= PEER_COLUMNS_MAX ? peers : null;
  const ordered = [...speakers.filter(needsSomebody), ...speakers.filter((one) => !needsSomebody(one))];
  const shown = route.value.query['nodes'] === 'all' ? ordered : ordered.slice(0, NODES_SHOWN_MAX);
  return (
    <section class="card">
      <h2>Speakers and their BGP sessions</h2>
      <Scrolling label="Speakers and their BGP sessions">
        <table>
          <thead>
            <tr>
              {['Node', 'Speaker', 'Services', ...(columns ?? ['Sessions'])].map((title) => (
                <th scope="col" key={title} class={title === 'Services' ? 'number' : ''}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((speaker) => (
              <SpeakerRow key={speaker.node} speaker={speaker} columns={columns} now={now} />
            ))}
          </tbody>
        </table>
      </Scrolling>
      <HiddenItems count={ordered.length - shown.length} noun="more node" query="nodes" />
    </section>
  );
}

type SpeakerRowProps = {
  readonly speaker: SpeakerOverview;
  /** Null where all sessions are in one cell. */
  readonly columns: readonly string[] | null;
  readonly now: string;
};

function SpeakerRow({ speaker, columns, now }: SpeakerRowProps): JSX.Element {
  const { node, state, because, services, sessions } = speaker;
  const notUp = sessions.filter((one) => one.state !== 'up');
  return (
    <tr>
      <th scope="row">{node}</th>
      <td>
        <Mark tone={SPEAKER_TONES[state]}>{state}</Mark>
        {because !== null && <small> {because}</small>}
      </td>
      <td class="number">{services === null ? '' : count(services)}</td>
      {columns === null ? (
        <td>
          <Mark tone={notUp.length === 0 ? 'good' : 'bad'}>
            {count(sessions.length - notUp.length)} of {count(sessions.length)} up
          </Mark>
          {notUp.map((session) => (
            <Session key={`${session.peer} ${session.address}`} session={session} isNamed now={now} />
          ))}
        </td>
      ) : (
        columns.map((peer) => (
          <td key={peer}>
            {sessions
              .filter((session) => session.peer === peer)
              .map((session) => (
                <Session key={session.address} session={session} isNamed={false} now={now} />
              ))}
          </td>
        ))
      )}
    </tr>
  );
}

type SessionProps = {
  readonly session: SessionOverview;
  /** Whether the peer is named, since no column is. */
  readonly isNamed: boolean;
  readonly now: string;
};

function Session({ session, isNamed, now }: SessionProps): JSX.Element {
  const { peer, address, state, since, error, bfd, prefixes } = session;
  return (
    <div class="session">
      <Mark tone={SESSION_TONES[state]}>{state}</Mark> {isNamed && `${peer} `}
      <span class="mono">{address}</span> {since !== '' && <Ago time={since} now={now} />}
      <small>
        {count(prefixes.advertised)} {prefixes.advertised === 1 ? 'prefix' : 'prefixes'}
        {bfd !== null && `, BFD ${bfd}`}
      </small>
      {error !== null && state !== 'up' && <small class="error">{error}</small>}
    </div>
  );
}
