import { type KindRows, type Row, selectorRows, withSpec } from './row.ts';

const stringListRows = (field: string): readonly Row[] => [
  [`${field}: a list of strings`, withSpec({ [field]: ['a', 'b'] }), null],
  [`${field}: a string`, withSpec({ [field]: 'a' }), 'must be of type array'],
  [`${field}: a number in the list`, withSpec({ [field]: [5] }), 'must be of type string'],
];

const exclusive = 'serviceSelectors and aggregationLength are mutually exclusive';
const web = [{ matchLabels: { app: 'web' } }];

const BGP_ADVERTISEMENTS: KindRows = {
  kind: 'BGPAdvertisement',
  plural: 'bgpadvertisements',
  version: 'v1beta1',
  rows: [
    ['no fields', {}, null],
    ['an empty spec', withSpec({}), null],
    ...stringListRows('ipAddressPools'),
    ...stringListRows('peers'),
    ...stringListRows('communities'),
    ...selectorRows('ipAddressPoolSelectors', {}),
    ...selectorRows('nodeSelectors', {}),
    ...selectorRows('serviceSelectors', {}),
    ['the shortest aggregation length', withSpec({ aggregationLength: 1 }), null],
    [
      'an aggregation length that is too long',
      withSpec({ aggregationLength: 33 }),
      'should be less than or equal to 32',
    ],
    ['an IPv6 aggregation length of 0', withSpec({ aggregationLengthV6: 0 }), 'greater than or equal to 1'],
    [
      'an IPv6 aggregation length too long',
      withSpec({ aggregationLengthV6: 129 }),
      'less than or equal to 128',
    ],
    [
      'an aggregation length of 0',
      withSpec({ aggregationLength: 0 }),
      'should be greater than or equal to 1',
    ],
    ['an IPv6 aggregation length', withSpec({ aggregationLengthV6: 64 }), null],
    [
      'an aggregation length that is a string',
      withSpec({ aggregationLength: '24' }),
      'must be of type integer',
    ],
    ['the highest LOCAL_PREF', withSpec({ localPref: 4_294_967_295 }), null],
    [
      'a LOCAL_PREF beyond 32 bits',
      withSpec({ localPref: 4_294_967_296 }),
      'should be less than or equal to 4294967295',
    ],
    ['the longest prepending', withSpec({ asPathPrepend: 10 }), null],
    [
      'more prepending than MetalLB allows',
      withSpec({ asPathPrepend: 11 }),
      'should be less than or equal to 10',
    ],
    ['no prepending, as a number', withSpec({ asPathPrepend: 0 }), 'should be greater than or equal to 1'],
    ['a LOCAL_PREF below 0', withSpec({ localPref: -1 }), 'should be greater than or equal to 0'],
    ['selected Services, not aggregated', withSpec({ serviceSelectors: web, aggregationLength: 32 }), null],
    ['selected Services, aggregated', withSpec({ serviceSelectors: web, aggregationLength: 24 }), exclusive],
    [
      'selected Services, aggregated in IPv6',
      withSpec({ serviceSelectors: web, aggregationLengthV6: 64 }),
      exclusive,
    ],
    ['no Services selected, aggregated', withSpec({ serviceSelectors: [], aggregationLength: 24 }), null],
  ],
};

const withPreference = (preferred: unknown): { spec: Readonly<Record<string, unknown>> } =>
  withSpec({ preferredNodeSelectors: [preferred] });

const L2_ADVERTISEMENTS: KindRows = {
  kind: 'L2Advertisement',
  plural: 'l2advertisements',
  version: 'v1beta1',
  rows: [
    ['no fields', {}, null],
    ...stringListRows('ipAddressPools'),
    ...stringListRows('interfaces'),
    ...selectorRows('ipAddressPoolSelectors', {}),
    ...selectorRows('nodeSelectors', {}),
    ...selectorRows('serviceSelectors', {}),
    ['the highest weight', withPreference({ weight: 100, preference: {} }), null],
    ['the lowest weight', withPreference({ weight: 1, preference: { matchLabels: { rack: 'a' } } }), null],
    [
      'a weight too high',
      withPreference({ weight: 101, preference: {} }),
      'should be less than or equal to 100',
    ],
    ['a weight of 0', withPreference({ weight: 0, preference: {} }), 'should be greater than or equal to 1'],
    ['no weight', withPreference({ preference: {} }), 'weight: Required value'],
    ['no preference', withPreference({ weight: 5 }), 'preference: Required value'],
  ],
};

const boundsRows = (field: string, min: number, max: number): readonly Row[] => [
  [`${field}: the least`, withSpec({ [field]: min }), null],
  [`${field}: the most`, withSpec({ [field]: max }), null],
  [`${field}: too little`, withSpec({ [field]: min - 1 }), `should be greater than or equal to ${min}`],
  [`${field}: too much`, withSpec({ [field]: max + 1 }), `should be less than or equal to ${max}`],
];

const BFD_PROFILES: KindRows = {
  kind: 'BFDProfile',
  plural: 'bfdprofiles',
  version: 'v1beta1',
  rows: [
    ['no fields', {}, null],
    ...boundsRows('receiveInterval', 10, 60_000),
    ...boundsRows('transmitInterval', 10, 60_000),
    ...boundsRows('echoInterval', 10, 60_000),
    ...boundsRows('detectMultiplier', 2, 255),
    ...boundsRows('minimumTtl', 1, 254),
    ['modes', withSpec({ echoMode: true, passiveMode: false }), null],
    ['a mode that is a string', withSpec({ echoMode: 'on' }), 'must be of type boolean'],
  ],
};

const COMMUNITIES: KindRows = {
  kind: 'Community',
  plural: 'communities',
  version: 'v1beta1',
  rows: [
    ['no fields', {}, null],
    [
      'names and values',
      withSpec({
        communities: [
          { name: 'a', value: '1:2' },
          { name: 'b', value: 'large:1:2:3' },
        ],
      }),
      null,
    ],
    ['an entry without name and value', withSpec({ communities: [{}] }), null],
    [
      'an invalid value, which only the parser refuses',
      withSpec({ communities: [{ name: 'a', value: 'x' }] }),
      null,
    ],
    [
      'a value that is a number',
      withSpec({ communities: [{ name: 'a', value: 5 }] }),
      'must be of type string',
    ],
    ['a map', withSpec({ communities: { a: '1:2' } }), 'must be of type array'],
  ],
};

/** These kinds have a status only, which is written after their creation. */
const bareKind = (kind: string, plural: string): KindRows => ({
  kind,
  plural,
  version: 'v1beta1',
  rows: [['a bare object', {}, null]],
});

export const OTHER_KINDS: readonly KindRows[] = [
  BGP_ADVERTISEMENTS,
  L2_ADVERTISEMENTS,
  BFD_PROFILES,
  COMMUNITIES,
  bareKind('ServiceL2Status', 'servicel2statuses'),
  bareKind('ServiceBGPStatus', 'servicebgpstatuses'),
  bareKind('ConfigurationState', 'configurationstates'),
];
