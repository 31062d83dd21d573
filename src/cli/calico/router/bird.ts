/** The router's configuration in the language of BIRD 2.0.12. */
import { formatAddress } from '../../../net/address.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import {
  ECMP_PATHS_MAX,
  type FamilyOptions,
  HOLD_TIME_SECONDS,
  KEEPALIVE_SECONDS,
  type RouterOptions,
} from './options.ts';
import { commentParagraphs, routerRemarks } from './remarks.ts';

const filterName = ({ family }: FamilyOptions): string => `berth_services${family}`;
const templateName = ({ family }: FamilyOptions): string => `berth_nodes${family}`;

export function birdConfig(router: RouterOptions): string {
  const { families } = router;
  const first = families.find(({ family }) => family === 4);
  const sections = [
    commentParagraphs('#', [
      'For BIRD 2.0.12 or later: add it to bird.conf. Do not repeat what is already there (router id, protocol device, a kernel protocol of the same family): keep one, with merge paths on and the export of BGP.',
      ...routerRemarks(router),
      'Nodes outside of the subnets of the router also need "multihop;" in the template.',
    ]),
    first === undefined
      ? ['# router id 192.0.2.1; is needed if the router has no IPv4 address']
      : [`router id ${formatAddress(first.address)};`],
    ['protocol device {', '}'],
    ...families.flatMap((familyOptions) => [
      kernelProtocol(familyOptions),
      importFilter(familyOptions),
      sessionTemplate(router, familyOptions),
      ...neighbourProtocols(router, familyOptions),
    ]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const kernelProtocol = ({ family }: FamilyOptions): readonly string[] => [
  `protocol kernel berth_kernel${family} {`,
  `  merge paths on limit ${ECMP_PATHS_MAX};`,
  `  ipv${family} {`,
  '    import none;',
  '    export where source = RTS_BGP;',
  '  };',
  '}',
];

/** `+` accepts the prefix and all longer ones in it. */
const importFilter = (familyOptions: FamilyOptions): readonly string[] => [
  `filter ${filterName(familyOptions)} {`,
  '  if net ~ [',
  ...familyOptions.acceptedPrefixes.map(
    (prefix, index) =>
      `    ${formatPrefix(prefix)}+${index < familyOptions.acceptedPrefixes.length - 1 ? ',' : ''}`,
  ),
  '  ] then accept;',
  '  reject;',
  '}',
];

const sessionTemplate = (
  { as, nodeAS, password }: RouterOptions,
  familyOptions: FamilyOptions,
): readonly string[] => [
  `template bgp ${templateName(familyOptions)} {`,
  `  local ${formatAddress(familyOptions.address)} as ${as};`,
  ...(as === nodeAS ? ['  direct;'] : []),
  `  hold time ${HOLD_TIME_SECONDS};`,
  `  keepalive time ${KEEPALIVE_SECONDS};`,
  ...(password === '' ? [] : [`  password "${password}";`]),
  `  ipv${familyOptions.family} {`,
  `    import filter ${filterName(familyOptions)};`,
  '    export none;',
  '  };',
  '}',
];

function neighbourProtocols(
  { nodeAS }: RouterOptions,
  familyOptions: FamilyOptions,
): readonly (readonly string[])[] {
  const protocol = (index: number, more: readonly string[]): readonly string[] => [
    `protocol bgp berth_node${familyOptions.family}_${index + 1} from ${templateName(familyOptions)} {`,
    ...more,
    '}',
  ];
  return [
    ...familyOptions.neighbours.map((address, index) =>
      protocol(index, [`  neighbor ${formatAddress(address)} as ${nodeAS};`]),
    ),
    ...familyOptions.networks.map((network, index) =>
      protocol(index, [
        `  neighbor range ${formatPrefix(network)} as ${nodeAS};`,
        `  dynamic name "berth_dyn${familyOptions.family}_${index + 1}_";`,
      ]),
    ),
  ];
}
