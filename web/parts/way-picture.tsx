/** The way of traffic to a Service as a picture. The text beside it says the same. */
import type { JSX } from 'preact';
import type { ServiceWay } from '../../src/overview/answers.ts';
import { BOX, COLUMNS, layOutWay, PICTURE_WIDTH, type WayBox, type WayLine } from '../way-layout.ts';

/** Characters that fit in a box. */
const NAME_MAX = 30;

export function WayPicture({
  way,
  service,
}: {
  readonly way: ServiceWay;
  readonly service: string;
}): JSX.Element {
  const { height, routers, nodes, service: end, lines, more } = layOutWay(way, service);
  return (
    <figure class="way">
      <svg viewBox={`-1 -1 ${PICTURE_WIDTH + 2} ${height + 2}`} aria-hidden="true">
        {titlesOf(way).map(([x, title]) => (
          <text key={title} class="title" x={x + BOX.width / 2} y={10}>
            {title}
          </text>
        ))}
        {lines.map((line) => (
          <Line key={`${line.from.name} ${line.to.name}`} line={line} />
        ))}
        {[...routers, ...nodes, end].map((box) => (
          <Box key={`${box.x} ${box.name}`} box={box} />
        ))}
      </svg>
      {more > 0 && <figcaption>and {more} more nodes</figcaption>}
    </figure>
  );
}

const titlesOf = ({ by }: ServiceWay): readonly (readonly [x: number, title: string])[] => [
  [COLUMNS.router, by === 'layer2-speakers' ? 'who asks' : 'routers'],
  [COLUMNS.node, by === 'layer2-speakers' ? 'who answers' : 'next hops'],
  [COLUMNS.service, 'Service'],
];

function Box({ box: { name, x, y, leads } }: { readonly box: WayBox }): JSX.Element {
  const short = name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name;
  return (
    <g class={leads ? 'leads' : 'aside'}>
      <title>{name}</title>
      <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="7" />
      <text x={x + BOX.width / 2} y={y + BOX.height / 2}>
        {short}
      </text>
    </g>
  );
}

function Line({ line: { from, to } }: { readonly line: WayLine }): JSX.Element {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const middle = (x1 + x2) / 2;
  return <path d={`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`} />;
}
