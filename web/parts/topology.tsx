/** The network as it is now: the picture, sessions that need somebody, the way of a Service that is chosen, and what a box stands for. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ExplainAnswer, ServiceWay } from '../../src/overview/answers.ts';
import type { OverviewDocument, ServiceOverview } from '../../src/overview/document.ts';
import { type Asked, useAnswer } from '../ask.ts';
import { route, setQuery } from '../route.ts';
import { count, counted } from '../text.ts';
import type { Box } from '../topology/boxes.ts';
import { networkGraph } from '../topology/graph.ts';
import { litBy } from '../topology/lit.ts';
import { type NetworkFacts, networkFacts, routerName, withRouters } from '../topology/network-facts.ts';
import { BoxDetail } from './box-detail.tsx';
import { Mark } from './marks.tsx';
import { ServiceChoice, Ways } from './service-way.tsx';
import { KINDS, TopologyPicture } from './topology-picture.tsx';
import { Unread } from './unread.tsx';

export function Topology({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { service = '' } = route.value.query;
  const shown = document.services?.items.find((one) => one.service === service);
  return (
    <section class="card">
      <div class="row">
        <h2>Topology</h2>
        <span class="space" />
        <ServiceChoice document={document} />
      </div>
      {document.services === null && (
        <Unread document={document} kind="Service" says="Services could not be read" />
      )}
      {service !== '' && shown === undefined && document.services !== null && (
        <p role="status">There is no Service {service} of type LoadBalancer.</p>
      )}
      {shown === undefined ? (
        <Drawing document={document} ways={NO_WAYS} service="" />
      ) : (
        <DrawingOfService document={document} service={shown} />
      )}
    </section>
  );
}

const NO_WAYS: readonly ServiceWay[] = [];

type DrawingOfServiceProps = { readonly document: OverviewDocument; readonly service: ServiceOverview };

function DrawingOfService({ document, service }: DrawingOfServiceProps): JSX.Element {
  const about = `${JSON.stringify(service)} ${sessionsText(document)}`;
  const asked = useAnswer('/api/explain', { service: service.service }, about);
  return (
    <>
      <Drawing document={document} ways={waysOf(asked)} service={service.service} />
      <Ways service={service.service} hasAddress={service.addresses.length > 0} asked={asked} />
    </>
  );
}

const waysOf = (asked: Asked<ExplainAnswer>): readonly ServiceWay[] =>
  asked.kind === 'answered' ? asked.answer.ways : NO_WAYS;

/** What ways depend on, besides the Service. */
const sessionsText = ({ announcing: { calico, speakers } }: OverviewDocument): string =>
  JSON.stringify([
    calico?.routers,
    speakers?.map(({ node, state, sessions }) => [node, state, sessions.map((one) => [one.peer, one.state])]),
  ]);

type DrawingProps = {
  readonly document: OverviewDocument;
  readonly ways: readonly ServiceWay[];
  readonly service: string;
};

function Drawing({ document, ways, service }: DrawingProps): JSX.Element | null {
  const { announcing } = document;
  const facts = useMemo(() => networkFacts(announcing, ways, service), [announcing, ways, service]);
  const graph = useMemo(() => networkGraph(facts), [facts]);
  const boxes = KINDS.flatMap((kind) => graph.boxes[kind]);
  if (boxes.length === 0) return null;
  const picked = findBox(boxes, route.value.query['box'] ?? '');
  const ofService = graph.boxes.destination.filter(({ members }) =>
    members.some((id) => id.startsWith('service ')),
  );
  const lit = litBy(graph, picked === undefined ? ofService : [picked]);
  return (
    <>
      <Troubles facts={facts} />
      <TopologyPicture
        {...{ facts, graph, lit }}
        picked={picked?.id ?? ''}
        onPick={(box) => setQuery({ box }, 'push')}
      />
      <p class="about">
        Choose a box to see what belongs to it. Routers and nodes that nothing tells apart share one.
        {(announcing.routes?.more ?? 0) > 0 &&
          ` ${count(announcing.routes?.more ?? 0)} further prefixes are not drawn.`}
      </p>
      {picked !== undefined && <BoxDetail {...{ facts, graph, document }} box={picked} />}
    </>
  );
}

/** A box has another id when its first member leaves it: the member tells where it is now. */
const findBox = (boxes: readonly Box[], id: string): Box | undefined => {
  const member = id.slice(id.indexOf(' ') + 1);
  return (
    boxes.find((box) => box.id === id) ??
    boxes.find((box) => id.startsWith(`${box.kind} `) && box.members.includes(member))
  );
};

/** Sessions that are named above the picture. */
const TROUBLES_SHOWN_MAX = 5;

function Troubles({ facts }: { readonly facts: NetworkFacts }): JSX.Element {
  const real = withRouters(facts.sessions);
  const down = real.filter(({ state }) => state === 'down');
  return (
    <div role="status" class="troubles">
      {real.length > 0 && down.length === 0 && (
        <p>
          <Mark tone="good">
            {real.some(({ reported }) => reported !== null)
              ? 'No session is down.'
              : 'No session is down, as the model of Calico predicts.'}
          </Mark>
        </p>
      )}
      {down.length > 0 && (
        <p>
          <Mark tone="bad">
            {count(down.length)} of {counted(real.length, 'session')} {down.length === 1 ? 'is' : 'are'} down
          </Mark>
        </p>
      )}
      <ul class="plain">
        {down.slice(0, TROUBLES_SHOWN_MAX).map((one) => (
          <li key={`${one.node} ${one.router} ${one.reported?.address}`}>
            <bdi>{one.node}</bdi> with <bdi>{routerName(facts, one.router)}</bdi>
            {one.error !== null && (
              <>
                : <bdi>{one.error}</bdi>
              </>
            )}
          </li>
        ))}
      </ul>
      {down.length > TROUBLES_SHOWN_MAX && <p>and {count(down.length - TROUBLES_SHOWN_MAX)} more</p>}
    </div>
  );
}
