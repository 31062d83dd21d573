/** Path attributes for each kind of session. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withGracefulShutdown } from '../../../src/announce/routes/graceful-shutdown.ts';
import { buildPath, type SessionContext } from '../../../src/announce/routes/path-builder.ts';
import type { DesiredRoute } from '../../../src/announce/routes/routes.ts';
import { formatAsPath } from '../../../src/bgp/attributes/as-path.ts';
import { formatStandardCommunity } from '../../../src/bgp/attributes/community.ts';
import { formatExtendedCommunity } from '../../../src/bgp/attributes/extended-community.ts';
import type { BgpPath } from '../../../src/bgp/attributes/path.ts';
import { type Address, formatAddress, parseAddress } from '../../../src/net/address.ts';
import { parsePrefix } from '../../../src/net/prefix.ts';

const address = (text: string): Address => {
  const read = parseAddress(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
};

const route = (prefix: string, fields: Partial<DesiredRoute> = {}): DesiredRoute => {
  const read = parsePrefix(prefix);
  if (!read.ok) throw new Error(read.error);
  const { family, bits, length } = read.value;
  return {
    prefix: { family, bits, length },
    ...{ localPref: 0, communities: [], largeCommunities: [], med: null, prependCount: 0, weight: null },
    ...fields,
  };
};

const EXTERNAL: SessionContext = {
  isInternal: false,
  localAsn: 64500,
  nextHop: { 4: address('10.0.0.1'), 6: address('fd00::1') },
  linkLocal: null,
  hasExtendedNextHop: false,
};

const INTERNAL: SessionContext = { ...EXTERNAL, isInternal: true };

const pathFor = (one: DesiredRoute, session: SessionContext): BgpPath => {
  const path = buildPath(one, session);
  if (!path.ok) throw new Error(path.error);
  return path.value;
};

/** `via 10.0.0.1 path 64500 …`, what is absent left out. */
const formatLine = ({ nextHop, attributes }: BgpPath): string =>
  [
    `via ${formatAddress(nextHop.address)}`,
    ...(nextHop.linkLocal === null ? [] : [`+ ${formatAddress(nextHop.linkLocal)}`]),
    ...(attributes.asPath.length === 0 ? [] : [`path ${formatAsPath(attributes.asPath)}`]),
    ...(attributes.med === null ? [] : [`med ${attributes.med}`]),
    ...(attributes.localPref === null ? [] : [`pref ${attributes.localPref}`]),
    ...attributes.communities.map(formatStandardCommunity),
    ...attributes.extendedCommunities.map(formatExtendedCommunity),
  ].join(' ');

const FOUR = '10.20.1.1/32';
const SIX = 'fd00:20:1::1/128';

type Row = readonly [rule: string, route: DesiredRoute, session: SessionContext, shown: string];

const rows: readonly Row[] = [
  ['an external session', route(FOUR), EXTERNAL, 'via 10.0.0.1 path 64500'],
  ['an internal session', route(FOUR), INTERNAL, 'via 10.0.0.1 pref 100'],
  [
    'no LOCAL_PREF on an external session',
    route(FOUR, { localPref: 200 }),
    EXTERNAL,
    'via 10.0.0.1 path 64500',
  ],
  ['LOCAL_PREF on an internal session', route(FOUR, { localPref: 200 }), INTERNAL, 'via 10.0.0.1 pref 200'],
  ['prepending', route(FOUR, { prependCount: 2 }), EXTERNAL, 'via 10.0.0.1 path 64500 64500 64500'],
  [
    'no prepending on an internal session',
    route(FOUR, { prependCount: 2 }),
    INTERNAL,
    'via 10.0.0.1 pref 100',
  ],
  [
    'localASN replaces myASN, also when prepending',
    route(FOUR, { prependCount: 1 }),
    { ...EXTERNAL, localAsn: 65000 },
    'via 10.0.0.1 path 65000 65000',
  ],
  ['MED', route(FOUR, { med: 0 }), EXTERNAL, 'via 10.0.0.1 path 64500 med 0'],
  [
    'communities',
    route(FOUR, { communities: [(64500 << 16) >>> 0] }),
    EXTERNAL,
    'via 10.0.0.1 path 64500 64500:0',
  ],
  [
    'a weight is 1 Gbit/s per endpoint',
    route(FOUR, { weight: { endpoints: 3, transitive: false } }),
    EXTERNAL,
    'via 10.0.0.1 path 64500 link-bandwidth:64500:375000000',
  ],
  [
    'a transitive weight of a four-octet AS',
    route(FOUR, { weight: { endpoints: 1, transitive: true } }),
    { ...EXTERNAL, localAsn: 4_200_000_000 },
    'via 10.0.0.1 path 4200000000 link-bandwidth-transitive:23456:125000000',
  ],
  ['IPv6', route(SIX), EXTERNAL, 'via fd00::1 path 64500'],
  [
    'IPv6 on a shared link',
    route(SIX),
    { ...EXTERNAL, linkLocal: address('fe80::1') },
    'via fd00::1 + fe80::1 path 64500',
  ],
  [
    'no link-local next hop for IPv4',
    route(FOUR),
    { ...EXTERNAL, linkLocal: address('fe80::1') },
    'via 10.0.0.1 path 64500',
  ],
  [
    'IPv4 with an IPv6 next hop (RFC 8950)',
    route(FOUR),
    { ...EXTERNAL, nextHop: { 4: null, 6: address('fd00::1') }, hasExtendedNextHop: true },
    'via fd00::1 path 64500',
  ],
  [
    'IPv4 with an IPv4 next hop where there is one',
    route(FOUR),
    { ...EXTERNAL, hasExtendedNextHop: true },
    'via 10.0.0.1 path 64500',
  ],
];

describe('a path', () => {
  for (const [rule, one, facts, text] of rows)
    it(rule, () => assert.equal(formatLine(pathFor(one, facts)), text));

  for (const [prefix, nextHop] of [
    [FOUR, { 4: null, 6: address('fd00::1') }],
    [SIX, { 4: address('10.0.0.1'), 6: null }],
  ] as const) {
    it(`of ${prefix} needs a next hop of its family`, () => {
      const path = buildPath(route(prefix), { ...EXTERNAL, nextHop });
      assert.ok(!path.ok);
      assert.match(path.error, new RegExp(`no IPv[46] address to be the next hop of ${prefix}`));
    });
  }
});

describe('graceful shutdown (RFC 8326)', () => {
  const one = route(FOUR, { localPref: 200, communities: [0xffff_ff01] });

  it('adds the community for other ASes', () => {
    assert.equal(
      formatLine(withGracefulShutdown(pathFor(one, EXTERNAL))),
      'via 10.0.0.1 path 64500 65535:0 65535:65281',
    );
  });

  it('sets LOCAL_PREF 0 inside of the AS', () => {
    assert.equal(
      formatLine(withGracefulShutdown(pathFor(one, INTERNAL))),
      'via 10.0.0.1 pref 0 65535:0 65535:65281',
    );
  });

  it('is idempotent', () => {
    const path = withGracefulShutdown(pathFor(one, INTERNAL));
    assert.deepEqual(withGracefulShutdown(path), path);
  });
});
