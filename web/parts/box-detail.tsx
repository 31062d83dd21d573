/** What a box of the network's picture stands for: its members, its sessions with their last errors, and what is learned from it. */
import type { ComponentChildren, JSX } from 'preact';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { setQuery } from '../route.ts';
import { count, counted } from '../text.ts';
import { compareTones } from '../tone.ts';
import { boxText } from '../topology/box-text.ts';
import { type Box, LINK_TONES } from '../topology/boxes.ts';
import type { NetworkGraph } from '../topology/graph.ts';
import {
  type Destination,
  type NetworkFacts,
  routerName,
  SEGMENT_ID,
  type SessionFacts,
  withRouters,
} from '../topology/network-facts.ts';
import { Ago, Mark } from './marks.tsx';
import { Scrolling } from './scrolling.tsx';

/** Names, sessions and destinations that are listed. */
const SHOWN_MAX = 20;

export type BoxDetailProps = {
  readonly box: Box;
  readonly facts: NetworkFacts;
  readonly graph: NetworkGraph;
  readonly document: OverviewDocument;
};

export function BoxDetail({ box, facts, graph, document }: BoxDetailProps): JSX.Element {
  const { title } = boxText(box, facts, graph);
  const members = new Set(box.members);
  return (
    <section class="box-detail" aria-label={title}>
      <div class="row">
        <h3>
          <bdi>{title}</bdi>
        </h3>
        <span class="space" />
        <button type="button" onClick={() => setQuery({ box: '' }, 'push')}>
          Close
        </button>
      </div>
      {box.kind === 'destination' ? (
        facts.destinations
          .filter(({ id }) => members.has(id))
          .slice(0, SHOWN_MAX)
          .map((one) => <Learned key={one.id} destination={one} facts={facts} />)
      ) : (
        <>
          {members.size > 1 && <Names names={box.members.map((id) => routerName(facts, id))} />}
          <Troubled facts={facts} members={members} />
          <Sessions
            kind={box.kind}
            facts={facts}
            sessions={facts.sessions.filter((one) =>
              members.has(box.kind === 'router' ? one.router : one.node),
            )}
            now={document.time}
          />
          <ul class="plain">
            {facts.destinations.flatMap((one) => {
              const learned = one.learned.filter(({ routers, nodes }) =>
                (box.kind === 'router' ? routers : nodes).some((name) => members.has(name)),
              );
              return learned.length === 0
                ? []
                : [<Learned key={one.id} destination={{ ...one, learned }} facts={facts} />];
            })}
          </ul>
        </>
      )}
    </section>
  );
}

function Names({ names }: { readonly names: readonly string[] }): JSX.Element {
  const more = names.length - SHOWN_MAX;
  const shown = names.slice(0, SHOWN_MAX);
  return (
    <>
      {shown.map((name, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <bdi>{name}</bdi>
        </span>
      ))}
      {more > 0 && ` and ${count(more)} more`}
    </>
  );
}

/** Speakers that do not run. */
function Troubled({
  facts,
  members,
}: {
  readonly facts: NetworkFacts;
  readonly members: ReadonlySet<string>;
}): JSX.Element {
  const troubled = facts.nodes.filter(({ name, because }) => members.has(name) && because !== null);
  return (
    <>
      {troubled.slice(0, SHOWN_MAX).map(({ name, speaker, because }) => (
        <p key={name}>
          <Mark tone={speaker === 'down' ? 'bad' : 'warning'}>
            The speaker of <bdi>{name}</bdi> is {speaker}: <bdi>{because}</bdi>
          </Mark>
        </p>
      ))}
    </>
  );
}

/** One destination: who learns it from whom. */
function Learned({
  destination: { id, kind, title, about, learned },
  facts,
}: {
  readonly destination: Destination;
  readonly facts: NetworkFacts;
}): JSX.Element {
  return (
    <div key={id} class="learned">
      <p>
        <bdi class="mono">{title}</bdi> {about !== '' && <small>{about}</small>}
      </p>
      <ul>
        {learned.length === 0 && (
          <li>
            <Mark tone="bad">{kind === 'layer2' ? 'No node answers.' : 'No router learns it.'}</Mark>
          </li>
        )}
        {learned.slice(0, SHOWN_MAX).map(({ routers, nodes }) => (
          <li key={`${routers.join(' ')} ${nodes.join(' ')}`}>
            {routers.includes(SEGMENT_ID) ? (
              <>
                <Names names={nodes} /> {nodes.length === 1 ? 'answers' : 'answer'} by ARP and NDP.
              </>
            ) : (
              <>
                <Names names={routers.map((router) => routerName(facts, router))} />{' '}
                {routers.length === 1 ? 'learns' : 'learn'} it from <Names names={nodes} />
                {nodes.length > 1 ? `: ECMP over ${counted(nodes.length, 'node')}.` : '.'}
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

type SessionsProps = {
  readonly kind: 'router' | 'node';
  readonly facts: NetworkFacts;
  readonly sessions: readonly SessionFacts[];
  readonly now: string;
};

/** Those that need somebody first. */
function Sessions({ kind, facts, sessions, now }: SessionsProps): JSX.Element | null {
  const real = withRouters(sessions);
  if (real.length === 0) return null;
  const ordered = real.toSorted((a, b) => compareTones(LINK_TONES[a.state], LINK_TONES[b.state]));
  const heads: readonly string[] = [
    ...(kind === 'router' ? ['Node', 'Router'] : ['Router', 'Node']),
    ...['Address', 'Session', 'Since', 'Prefixes', 'Last error'],
  ];
  return (
    <Scrolling label="Sessions">
      <table>
        <thead>
          <tr>
            {heads.map((title) => (
              <th scope="col" key={title} class={title === 'Prefixes' ? 'number' : ''}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.slice(0, SHOWN_MAX).map((one) => {
            const names: readonly ComponentChildren[] = [one.node, routerName(facts, one.router)];
            const [first, second] = kind === 'router' ? names : names.toReversed();
            return (
              <tr key={`${one.router} ${one.node} ${one.reported?.address}`}>
                <th scope="row">
                  <bdi>{first}</bdi>
                </th>
                <td>
                  <bdi>{second}</bdi>
                </td>
                <td class="mono">{one.reported?.address}</td>
                <td>
                  <Mark tone={LINK_TONES[one.state]}>
                    {one.state === 'predicted' ? 'up (predicted)' : one.state}
                  </Mark>
                  {one.reported?.bfd != null && <small> BFD {one.reported.bfd}</small>}
                </td>
                <td>
                  {one.reported !== null && one.reported.since !== '' && (
                    <Ago time={one.reported.since} now={now} />
                  )}
                </td>
                <td class="number">{one.reported !== null && count(one.reported.prefixes.advertised)}</td>
                <td>
                  <bdi>{one.error ?? one.reported?.error}</bdi>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {ordered.length > SHOWN_MAX && <p>and {counted(ordered.length - SHOWN_MAX, 'more session')}</p>}
    </Scrolling>
  );
}
