/** A side as BIRD 2.0.12 writes it. */
import { formatAddress } from '../../../net/address.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import { commentLines, remarksOn } from './remarks.ts';
import { type End, HOLD, HOPS_MAX, KEEPALIVE, type Side } from './side.ts';

const filter = ({ family }: End): string => `berth_services${family}`;
const template = ({ family }: End): string => `berth_nodes${family}`;

export function printBird(side: Side): string {
  const { ends } = side;
  const first = ends.find(({ family }) => family === 4);
  const sections = [
    commentLines('#', [
      'BIRD 2.0.12 or later: add it to bird.conf. A line that is there already (router id, protocol device) and a kernel protocol of the same family must not stand twice: keep one, with merge paths on and the export of BGP.',
      ...remarksOn(side),
      'Nodes that are not on a subnet of the router also need "multihop;" in the template.',
    ]),
    first === undefined
      ? ['# router id 192.0.2.1; is needed where the router has no IPv4 address at all']
      : [`router id ${formatAddress(first.address)};`],
    ['protocol device {', '}'],
    ...ends.flatMap((end) => [kernel(end), accepting(end), sessions(side, end), ...neighbours(side, end)]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const kernel = ({ family }: End): readonly string[] => [
  `protocol kernel berth_kernel${family} {`,
  `  merge paths on limit ${HOPS_MAX};`,
  `  ipv${family} {`,
  '    import none;',
  '    export where source = RTS_BGP;',
  '  };',
  '}',
];

/** A plus takes the prefix and all that is longer in it. */
const accepting = (end: End): readonly string[] => [
  `filter ${filter(end)} {`,
  '  if net ~ [',
  ...end.accepted.map(
    (prefix, index) => `    ${formatPrefix(prefix)}+${index < end.accepted.length - 1 ? ',' : ''}`,
  ),
  '  ] then accept;',
  '  reject;',
  '}',
];

const sessions = ({ as, nodeAS, password }: Side, end: End): readonly string[] => [
  `template bgp ${template(end)} {`,
  `  local ${formatAddress(end.address)} as ${as};`,
  ...(as === nodeAS ? ['  direct;'] : []),
  `  hold time ${HOLD};`,
  `  keepalive time ${KEEPALIVE};`,
  ...(password === '' ? [] : [`  password "${password}";`]),
  `  ipv${end.family} {`,
  `    import filter ${filter(end)};`,
  '    export none;',
  '  };',
  '}',
];

function neighbours({ nodeAS }: Side, end: End): readonly (readonly string[])[] {
  const protocol = (index: number, more: readonly string[]): readonly string[] => [
    `protocol bgp berth_node${end.family}_${index + 1} from ${template(end)} {`,
    ...more,
    '}',
  ];
  return [
    ...end.neighbours.map((address, index) =>
      protocol(index, [`  neighbor ${formatAddress(address)} as ${nodeAS};`]),
    ),
    ...end.networks.map((network, index) =>
      protocol(index, [
        `  neighbor range ${formatPrefix(network)} as ${nodeAS};`,
        `  dynamic name "berth_dyn${end.family}_${index + 1}_";`,
      ]),
    ),
  ];
}
