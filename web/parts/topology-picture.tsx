/**
 * The network as a picture: routers, nodes, and what is learned from them. Boxes are buttons in three lists, so that each has a name, and
 * keys choose it. Lines lie below them; what a line says is in the names of its boxes, and a mark says what is wrong with it.
 */
import type { JSX } from 'preact';
import { BOX_NOUNS, type BoxText, boxText } from '../topology/box-text.ts';
import type { BoxKind } from '../topology/boxes.ts';
import type { NetworkGraph } from '../topology/graph.ts';
import type { Lit } from '../topology/lit.ts';
import type { NetworkFacts } from '../topology/network-facts.ts';
import { BOX_HEIGHT, type PlacedBox, placeBoxes } from '../topology/place-boxes.ts';
import { SIGNS } from './marks.tsx';

export const KINDS: readonly BoxKind[] = ['router', 'node', 'destination'];
const TITLES: Readonly<Record<BoxKind, string>> = {
  ...{ router: 'Routers', node: 'Nodes', destination: 'What is learned' },
};
/** Edges of the columns, in thousandths of the width. */
const LEFT: Readonly<Record<BoxKind, number>> = { router: 0, node: 370, destination: 740 };
const WIDTH = 260;

export type TopologyPictureProps = {
  readonly facts: NetworkFacts;
  readonly graph: NetworkGraph;
  readonly lit: Lit;
  /** The id of a box; '' for none. */
  readonly picked: string;
  readonly onPick: (id: string) => void;
};

export function TopologyPicture({ facts, graph, lit, picked, onPick }: TopologyPictureProps): JSX.Element {
  const { height, columns } = placeBoxes(graph);
  const places = new Map(KINDS.flatMap((kind) => columns[kind].map((box) => [box.id, box] as const)));
  return (
    <div class="topology">
      <div class="columns" aria-hidden="true">
        {KINDS.map((kind) => (
          <span key={kind} class={kind}>
            {TITLES[kind]}
          </span>
        ))}
      </div>
      <div class="drawing" style={{ height: `${height}px` }}>
        <Lines graph={graph} lit={lit} places={places} height={height} />
        {KINDS.map((kind) => (
          <ul key={kind} class={kind} aria-label={TITLES[kind]}>
            {columns[kind].map((box) => (
              <li key={box.id} style={{ top: `${box.y}px`, height: `${BOX_HEIGHT}px` }}>
                <BoxButton
                  text={boxText(box, facts, graph)}
                  box={box}
                  isLit={lit.boxes === null || lit.boxes.has(box.id)}
                  isPicked={box.id === picked}
                  onPick={onPick}
                />
              </li>
            ))}
          </ul>
        ))}
      </div>
    </div>
  );
}

type BoxButtonProps = {
  readonly box: PlacedBox;
  readonly text: BoxText;
  readonly isLit: boolean;
  readonly isPicked: boolean;
  readonly onPick: (id: string) => void;
};

function BoxButton({ box, text, isLit, isPicked, onPick }: BoxButtonProps): JSX.Element {
  const { id, kind, tone, members } = box;
  const classes = ['box', tone, isLit ? '' : 'aside', members.length > 1 ? 'many' : ''];
  return (
    <button
      type="button"
      class={classes.filter(Boolean).join(' ')}
      aria-pressed={isPicked}
      title={text.title}
      data-box={id}
      onClick={() => onPick(isPicked ? '' : id)}
      onKeyDown={moveFocus}
    >
      <span class="only-said">{BOX_NOUNS[kind]} </span>
      <bdi class="title">{text.title}</bdi>{' '}
      <span class="about">
        {tone !== 'good' && <span aria-hidden="true">{SIGNS[tone]} </span>}
        {text.about}
      </span>
    </button>
  );
}

/** Up and down inside of a column; left and right to the box of the next column that is nearest. */
function moveFocus(event: JSX.TargetedKeyboardEvent<HTMLButtonElement>): void {
  const lists = [...(event.currentTarget.closest('.drawing')?.querySelectorAll('ul') ?? [])];
  const columns = lists.map((list) => [...list.querySelectorAll('button')]);
  const column = columns.findIndex((buttons) => buttons.includes(event.currentTarget));
  const place = columns[column]?.indexOf(event.currentTarget) ?? 0;
  const sides: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
  const steps: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };
  const side = sides[event.key];
  const step = steps[event.key];
  const top = event.currentTarget.getBoundingClientRect().top;
  const far = (button: Element): number => Math.abs(button.getBoundingClientRect().top - top);
  const next =
    step !== undefined
      ? columns[column]?.[place + step]
      : side !== undefined
        ? columns[column + side]?.toSorted((a, b) => far(a) - far(b))[0]
        : undefined;
  if (step !== undefined || side !== undefined) event.preventDefault();
  next?.focus();
}

type LinesProps = {
  readonly graph: NetworkGraph;
  readonly lit: Lit;
  readonly places: ReadonlyMap<string, PlacedBox>;
  readonly height: number;
};

/** Stretched to the width of the page; strokes keep theirs. */
function Lines({ graph, lit, places, height }: LinesProps): JSX.Element {
  const marks = graph.sessions.filter(({ tone }) => tone !== 'good');
  return (
    <>
      <svg viewBox={`0 0 1000 ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {graph.routes.map((link) => (
          <path
            key={`${link.node} ${link.destination}`}
            class={lit.hasRoute(link) ? 'route' : 'route aside'}
            d={curve(places.get(link.node), places.get(link.destination))}
          />
        ))}
        {graph.sessions.map((link) => (
          <path
            key={`${link.router} ${link.node}`}
            class={`session ${link.tone}${lit.hasSession(link) ? '' : ' aside'}`}
            d={curve(places.get(link.router), places.get(link.node))}
          />
        ))}
      </svg>
      {marks.map((link) => {
        const [from, to] = [places.get(link.router), places.get(link.node)];
        const middle = ((from?.y ?? 0) + (to?.y ?? 0) + BOX_HEIGHT) / 2;
        return (
          <span
            key={`${link.router} ${link.node}`}
            class={`line-mark ${link.tone}${lit.hasSession(link) ? '' : ' aside'}`}
            aria-hidden="true"
            style={{ top: `${middle}px` }}
          >
            {SIGNS[link.tone]}
          </span>
        );
      })}
    </>
  );
}

function curve(from: PlacedBox | undefined, to: PlacedBox | undefined): string {
  if (from === undefined || to === undefined) return '';
  const [x1, y1] = [LEFT[from.kind] + WIDTH, from.y + BOX_HEIGHT / 2];
  const [x2, y2] = [LEFT[to.kind], to.y + BOX_HEIGHT / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}
