/** Annotations of a BGPAdvertisement: their effect on routes, and the warnings about invalid ones. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatObjectIssue } from '../../../src/announce/config/object-issue.ts';
import type { Raw } from '../../../src/base/json.ts';
import * as made from '../support/cluster.ts';

const { advertisement, node, peer, pool, service, endpointSlice, SimulatedSpeaker } = made;

type Annotations = Readonly<Record<string, string>>;

const annotated = (name: string, values: Annotations, spec: Raw = {}): Raw => {
  const raw = advertisement(name, spec);
  const annotations = Object.fromEntries(
    Object.entries(values).map(([key, one]) => [`berth.dev/${key}`, one]),
  );
  return { ...raw, metadata: { ...(raw['metadata'] as Raw), annotations } };
};

const base = [
  node('n1'),
  peer('r1', { dualStackAddressFamily: true }),
  pool('main', ['10.20.1.0/24', 'fd00:20:1::/64']),
];

const endpointsAt = (nodeName: string, conditions: Raw, ...addresses: readonly string[]): readonly Raw[] =>
  addresses.map((address) => ({ addresses: [address], nodeName, conditions }));

const serviceWithEndpoints = (
  name: string,
  ip: string,
  endpoints: readonly Raw[],
  spec: Raw = {},
): readonly Raw[] => [service(name, [ip], spec), endpointSlice(name, endpoints)];

const LOCAL_ENDPOINTS = endpointsAt('n1', {}, '10.244.0.1', '10.244.0.2');

/** `10.20.1.1/32 med 10 +2 weight 3`, without the attributes that are not set. */
const routeLines = (objects: readonly Raw[]): readonly string[] =>
  new SimulatedSpeaker([...base, ...objects]).state.sessions.flatMap(({ routes }) =>
    [...routes].map(([prefix, { med, prependCount, weight }]) =>
      [
        prefix,
        ...(med === null ? [] : [`med ${med}`]),
        ...(prependCount === 0 ? [] : [`+${prependCount}`]),
        ...(weight === null ? [] : [`weight ${weight.endpoints}${weight.transitive ? ' transitive' : ''}`]),
      ].join(' '),
    ),
  );

const warningLines = (...objects: readonly Raw[]): readonly string[] =>
  new SimulatedSpeaker([...base, ...objects]).state.nodeConfig.warnings.map(formatObjectIssue);

type Row = readonly [rule: string, objects: readonly Raw[], routes: readonly string[]];

const servedService = serviceWithEndpoints('s', '10.20.1.1', LOCAL_ENDPOINTS);

const rows: readonly Row[] = [
  ['no annotation adds nothing', [annotated('a', {}), ...servedService], ['10.20.1.1/32']],
  ['MED', [annotated('a', { med: '10' }), ...servedService], ['10.20.1.1/32 med 10']],
  ['a MED of 0 is set', [annotated('a', { med: '0' }), ...servedService], ['10.20.1.1/32 med 0']],
  ['prepending', [annotated('a', { 'as-path-prepend': '2' }), ...servedService], ['10.20.1.1/32 +2']],
  [
    'prepending by the field',
    [annotated('a', {}, { asPathPrepend: 10 }), ...servedService],
    ['10.20.1.1/32 +10'],
  ],
  [
    'of field and annotation the field applies',
    [annotated('a', { 'as-path-prepend': '1' }, { asPathPrepend: 3 }), ...servedService],
    ['10.20.1.1/32 +3'],
  ],
  [
    'of several values the lowest MED and the least prepending apply',
    [
      annotated('a', { med: '30', 'as-path-prepend': '1' }),
      annotated('b', { med: '20', 'as-path-prepend': '2' }),
      annotated('c', {}),
      ...servedService,
    ],
    ['10.20.1.1/32 med 20 +1'],
  ],
  [
    'the weight is the number of different endpoints',
    [annotated('a', { 'weighted-ecmp': 'true' }), ...servedService],
    ['10.20.1.1/32 weight 2'],
  ],
  [
    'transitive weights',
    [annotated('a', { 'weighted-ecmp': 'transitive' }), ...servedService],
    ['10.20.1.1/32 weight 2 transitive'],
  ],
  ['no weights', [annotated('a', { 'weighted-ecmp': 'false' }), ...servedService], ['10.20.1.1/32']],
  [
    'each endpoint of a shared address counts once',
    [
      annotated('a', { 'weighted-ecmp': 'true' }),
      ...serviceWithEndpoints('s', '10.20.1.1', LOCAL_ENDPOINTS),
      ...serviceWithEndpoints('t', '10.20.1.1', endpointsAt('n1', {}, '10.244.0.2', '10.244.0.3')),
    ],
    ['10.20.1.1/32 weight 3'],
  ],
  [
    'endpoints of other nodes do not count',
    [
      annotated('a', { 'weighted-ecmp': 'true' }),
      ...serviceWithEndpoints('s', '10.20.1.1', [...LOCAL_ENDPOINTS, ...endpointsAt('n2', {}, '10.244.1.1')]),
    ],
    ['10.20.1.1/32 weight 2'],
  ],
  [
    'endpoints that only serve do not count where one is ready',
    [
      annotated('a', { 'weighted-ecmp': 'true' }),
      ...serviceWithEndpoints('s', '10.20.1.1', [
        ...LOCAL_ENDPOINTS,
        ...endpointsAt('n1', { ready: false, serving: true }, '10.244.0.9'),
      ]),
    ],
    ['10.20.1.1/32 weight 2'],
  ],
  [
    'endpoints that only serve count where none is ready',
    [
      annotated('a', { 'weighted-ecmp': 'true' }),
      ...serviceWithEndpoints(
        's',
        '10.20.1.1',
        endpointsAt('n1', { ready: false, serving: true }, '10.244.0.9'),
      ),
    ],
    ['10.20.1.1/32 weight 1'],
  ],
  [
    'each family counts its own endpoints',
    [
      annotated('a', { 'weighted-ecmp': 'true' }),
      service('s', ['10.20.1.1', 'fd00:20:1::1']),
      endpointSlice('s', [...LOCAL_ENDPOINTS, ...endpointsAt('n1', {}, 'fd00:244::1')]),
    ],
    ['10.20.1.1/32 weight 2', 'fd00:20:1::1/128 weight 1'],
  ],
  [
    'a family without endpoints here is not announced',
    [
      annotated('a', { 'weighted-ecmp': 'true' }),
      service('s', ['10.20.1.1', 'fd00:20:1::1']),
      endpointSlice('s', LOCAL_ENDPOINTS),
    ],
    ['10.20.1.1/32 weight 2'],
  ],
  [
    'a node without endpoints does not announce, even with externalTrafficPolicy Cluster',
    [
      annotated('a', { 'weighted-ecmp': 'true' }),
      ...serviceWithEndpoints('s', '10.20.1.1', endpointsAt('n2', {}, '10.244.1.1'), {
        externalTrafficPolicy: 'Cluster',
      }),
    ],
    [],
  ],
  [
    'an advertisement without weights announces from such a node',
    [
      annotated('a', { 'weighted-ecmp': 'true' }),
      annotated('b', {}),
      ...serviceWithEndpoints('s', '10.20.1.1', endpointsAt('n2', {}, '10.244.1.1')),
    ],
    ['10.20.1.1/32'],
  ],
  [
    'an aggregate has no weight',
    [annotated('a', { 'weighted-ecmp': 'true' }, { aggregationLength: 24 }), ...servedService],
    ['10.20.1.0/24'],
  ],
];

describe('routes', () => {
  for (const [rule, objects, routes] of rows) {
    it(rule, () => {
      assert.deepEqual(routeLines(objects), routes);
    });
  }

  it('of a node without weight have the reason noWeight', () => {
    const objects = [
      annotated('a', { 'weighted-ecmp': 'true' }),
      ...serviceWithEndpoints('s', '10.20.1.1', endpointsAt('n2', {}, '10.244.1.1')),
    ];
    assert.equal(new SimulatedSpeaker([...base, ...objects]).refusalCode('s'), 'noWeight');
  });
});

describe('an invalid annotation', () => {
  const bad: readonly (readonly [key: string, value: string, sentence: RegExp])[] = [
    [
      'med',
      '-1',
      /^BGPAdvertisement "a": metadata\.annotations\["berth\.dev\/med"\]: must be a whole number from 0 to 4294967295, not "-1"; /,
    ],
    ['med', '4294967296', /from 0 to 4294967295/],
    ['med', '010', /whole number/],
    ['med', '', /whole number/],
    ['as-path-prepend', '17', /from 0 to 16, not "17"/],
    ['as-path-prepend', '1.5', /whole number/],
    ['weighted-ecmp', 'yes', /must be "true" or "transitive" or "false", not "yes"/],
  ];

  for (const [key, value, sentence] of bad) {
    it(`${key}: ${JSON.stringify(value)} is ignored with a warning`, () => {
      const one = annotated('a', { [key]: value });
      assert.match(warningLines(one).join(), sentence);
      assert.deepEqual(routeLines([one, ...servedService]), ['10.20.1.1/32']);
      assert.deepEqual(new SimulatedSpeaker([...base, one]).errorLines, []);
    });
  }

  it('does not affect the other annotations of its object', () => {
    assert.deepEqual(routeLines([annotated('a', { med: 'x', 'as-path-prepend': '1' }), ...servedService]), [
      '10.20.1.1/32 +1',
    ]);
  });

  it('that sets weights for an aggregate names the fields to remove', () => {
    const wide = { aggregationLength: 24, aggregationLengthV6: 64 };
    assert.match(
      warningLines(annotated('a', { 'weighted-ecmp': 'true' }, wide)).join(),
      /remove aggregationLength 24 and aggregationLengthV6 64/,
    );
  });
});
