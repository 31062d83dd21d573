/** Each alert fires under its fault, not before, and none fires on a calm day. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { METRICS } from '../../src/observe/metric-definitions.ts';
import { alerts, assertFiring, promtool, type Series, skipWithoutPromtool } from './support/promtool.ts';

const DAY = 24 * 60;
const steady = (value: number): string => `${value}+0x${DAY}`;
/** Grows each minute, and begins again when the process does. */
const growing = (by: number): string => `0+${by}x${DAY}`;

/** The labels of a target: two controllers and two speakers. */
const target = (pod: string): string =>
  `namespace="metallb-system",job="berth",pod="${pod}",instance="${pod}:9120"`;
const [LEADER, STANDBY, SPEAKER, OTHER_SPEAKER] = [
  'controller-a',
  'controller-b',
  'speaker-a',
  'speaker-b',
].map(target) as [string, string, string, string];

const peer = 'peer="10.0.0.1:179"';
const inUse = (family: number): string =>
  `metallb_allocator_ipv${family}_addresses_in_use_total{${LEADER},pool="web"}`;
const written = `berth_writes_total{${LEADER},object="service",outcome="written"}`;
const watch = `berth_watch_age_seconds{${LEADER},resource="services"}`;
const sessionUp = `metallb_bgp_session_up{${SPEAKER},${peer}}`;
const pending = `metallb_bgp_pending_prefixes_total{${SPEAKER},${peer}}`;
const bfdUp = `metallb_bfd_session_up{${SPEAKER},peer="10.0.0.1",vrf="default"}`;
const slow = `berth_assignment_seconds_bucket{${LEADER},le="10"}`;

/** Two controllers, two speakers, a dual-stack pool that is used a little, and a router. */
const CALM: Series = {
  ...Object.fromEntries(
    [LEADER, STANDBY, SPEAKER, OTHER_SPEAKER].flatMap((labels) => [
      [`up{${labels}}`, steady(1)],
      [`berth_build_info{${labels},version="1"}`, steady(1)],
      [`berth_leader{${labels}}`, steady(labels === LEADER ? 1 : 0)],
      [`metallb_k8s_client_config_loaded_bool{${labels}}`, steady(1)],
      [`metallb_k8s_client_config_stale_bool{${labels}}`, steady(0)],
      [`berth_adoption_conflicts_total{${labels}}`, steady(0)],
    ]),
  ),
  'up{job="other",instance="o:1"}': steady(0),
  [`metallb_allocator_ipv4_addresses_total{${LEADER},pool="web"}`]: steady(256),
  [`metallb_allocator_ipv6_addresses_total{${LEADER},pool="web"}`]: steady(2 ** 53 - 1),
  [`metallb_allocator_ipv4_addresses_total{${LEADER},pool="six"}`]: steady(0),
  [`metallb_allocator_ipv4_addresses_in_use_total{${LEADER},pool="six"}`]: steady(0),
  [inUse(4)]: steady(40),
  [inUse(6)]: steady(40),
  [written]: growing(3),
  [`berth_writes_total{${LEADER},object="service",outcome="stale"}`]: growing(1),
  [watch]: '0+20x3 '.repeat(DAY / 4).trim(),
  [slow]: growing(3),
  [`berth_assignment_seconds_bucket{${LEADER},le="0.1"}`]: growing(3),
  [`berth_assignment_seconds_bucket{${LEADER},le="+Inf"}`]: growing(3),
  [sessionUp]: steady(1),
  [bfdUp]: steady(1),
  [pending]: '0 0 7 '.repeat(DAY / 3).trim(),
  [`berth_bgp_untold_prefixes{${SPEAKER},${peer}}`]: steady(0),
  [`berth_bgp_state_changes_total{${SPEAKER},${peer},state="Established",cause="open"}`]: steady(1),
};

type Row = {
  readonly fault: string;
  readonly series: Series;
  /** Minutes from the fault until the alert fires. */
  readonly after: number;
  readonly firing: Readonly<Record<string, number>>;
};

/** From here on, the fault is there. */
const FAULT_AT = 60;
/** A value before the fault, and another one from then on. */
const turns = (before: number, then: number): string => `${before}+0x${FAULT_AT - 1} ${then}+0x120`;
const rises = (by: number): string => `0+0x${FAULT_AT - 1} 0+${by}x120`;

const used = (count: number, firing: Row['firing']): Row => ({
  fault: `${count} of 256 IPv4 addresses of a dual-stack pool are assigned`,
  series: { [inUse(4)]: turns(40, count) },
  after: 1,
  firing,
});

const rows: readonly Row[] = [
  {
    fault: 'an object becomes invalid for one speaker',
    series: { [`metallb_k8s_client_config_stale_bool{${SPEAKER}}`]: turns(0, 1) },
    after: 1,
    firing: { MetalLBStaleConfig: 1 },
  },
  {
    fault: 'a speaker starts and cannot read its configuration',
    series: { [`metallb_k8s_client_config_loaded_bool{${SPEAKER}}`]: turns(1, 0) },
    after: 1,
    firing: { MetalLBConfigNotLoaded: 1 },
  },
  used(200, { MetalLBAddressPoolUsage75Percent: 1 }),
  used(220, { MetalLBAddressPoolUsage75Percent: 1, MetalLBAddressPoolUsage85Percent: 1 }),
  used(250, {
    MetalLBAddressPoolUsage75Percent: 1,
    MetalLBAddressPoolUsage85Percent: 1,
    MetalLBAddressPoolUsage95Percent: 1,
  }),
  used(256, {
    MetalLBAddressPoolUsage75Percent: 1,
    MetalLBAddressPoolUsage85Percent: 1,
    MetalLBAddressPoolUsage95Percent: 1,
    MetalLBAddressPoolExhausted: 1,
  }),
  {
    fault: 'a session goes down',
    series: { [sessionUp]: turns(1, 0) },
    after: 1,
    firing: { MetalLBBGPSessionDown: 1 },
  },
  {
    fault: 'the leader gives up the Lease, and nobody takes it',
    series: { [`berth_leader{${LEADER}}`]: turns(1, 0) },
    after: 2,
    firing: { BerthHasNoLeader: 1 },
  },
  {
    fault: 'Services find their pool exhausted',
    series: { [`berth_services_waiting{${LEADER},reason="PoolExhausted"}`]: turns(0, 2) },
    after: 10,
    firing: { BerthServicesWait: 1 },
  },
  {
    fault: 'assignments take longer than ten seconds',
    series: {
      [`berth_assignment_seconds_bucket{${LEADER},le="0.1"}`]: `0+3x${FAULT_AT - 1} 180+0x120`,
      [slow]: `0+3x${FAULT_AT - 1} 180+0x120`,
    },
    after: 13,
    firing: { BerthIsSlow: 1 },
  },
  {
    fault: 'the API server refuses writes',
    series: { [`berth_writes_total{${LEADER},object="service",outcome="refused"}`]: rises(2) },
    after: 13,
    firing: { BerthWritesFail: 1 },
  },
  {
    fault: 'a watch receives nothing any more',
    series: { [watch]: `20+0x${FAULT_AT - 1} 0+60x120` },
    after: 17,
    firing: { BerthWatchIsSilent: 1 },
  },
  {
    fault: 'a speaker cannot be scraped',
    series: { [`up{${SPEAKER}}`]: turns(1, 0) },
    after: 5,
    firing: { BerthIsNotScraped: 1 },
  },
  {
    fault: 'prefixes do not fit what the router takes',
    series: { [`berth_bgp_untold_prefixes{${SPEAKER},${peer}}`]: turns(0, 3) },
    after: 5,
    firing: { BerthPrefixesNotAdvertised: 1 },
  },
  {
    fault: 'a session is established every five minutes',
    series: {
      [`berth_bgp_state_changes_total{${SPEAKER},${peer},state="Established",cause="open"}`]: `1+0x${FAULT_AT - 1} ${Array.from({ length: 100 }, (_, minute) => 1 + Math.floor(minute / 5)).join(' ')}`,
    },
    after: 25,
    firing: { BerthBGPSessionFlaps: 1 },
  },
  {
    fault: 'a router does not read from its connection',
    series: { [pending]: turns(0, 5) },
    after: 5,
    firing: { BerthPrefixesWait: 1 },
  },
  {
    fault: 'BFD packets of a router are lost',
    series: { [bfdUp]: turns(1, 0) },
    after: 2,
    firing: { BerthBFDSessionDown: 1 },
  },
  {
    fault: 'another host answers for an address',
    series: { [`berth_layer2_conflicts_total{${SPEAKER},ip="192.0.2.1"}`]: rises(10) },
    after: 2,
    firing: { BerthAddressConflict: 1 },
  },
  {
    fault: 'another host claims an address once',
    series: { [`berth_layer2_conflicts_total{${SPEAKER},ip="192.0.2.1"}`]: `_x${FAULT_AT} 1+0x120` },
    after: 1,
    firing: { BerthAddressConflict: 1 },
  },
  {
    fault: 'a controller finds a Service with the address of another one when it starts',
    series: {
      'berth_adoption_conflicts_total{namespace="metallb-system",job="berth",pod="new"}': `_x${FAULT_AT} 1+0x120`,
    },
    after: 1,
    firing: { BerthAdoptionConflict: 1 },
  },
  {
    fault: 'a Service is found with the address of another one',
    series: { [`berth_adoption_conflicts_total{${LEADER}}`]: turns(0, 1) },
    after: 1,
    firing: { BerthAdoptionConflict: 1 },
  },
  {
    fault: "Calico's configuration gets an error",
    series: { [`berth_calico_findings{${LEADER},code="P1",severity="error"}`]: turns(0, 1) },
    after: 5,
    firing: { BerthCalicoFindings: 1 },
  },
];

describe('the alerts', { skip: skipWithoutPromtool() }, () => {
  it('are valid', () => {
    const { code, output } = promtool((rules) => ['check', 'rules', '--lint=all', '--lint-fatal', rules], {});
    assert.equal(code, 0, output);
  });

  it('are silent on a calm day', () =>
    assertFiring(
      CALM,
      Array.from({ length: DAY / 30 }, (_, half) => ({ minute: half * 30 + 1, firing: {} })),
    ));

  it('are silent while the lead changes hands', () =>
    assertFiring(
      {
        ...CALM,
        [`berth_leader{${LEADER}}`]: turns(1, 0),
        [`berth_leader{${STANDBY}}`]: `0+0x${FAULT_AT} 1+0x120`,
        [`metallb_allocator_ipv4_addresses_in_use_total{${STANDBY},pool="web"}`]: steady(40),
        [`metallb_allocator_ipv4_addresses_total{${STANDBY},pool="web"}`]: steady(256),
      },
      [1, 2, 3, 5, 20].map((minute) => ({ minute: FAULT_AT + minute, firing: {} })),
    ));

  for (const { fault, series, after, firing } of rows)
    it(`${Object.keys(firing).at(-1)} fires when ${fault}`, () =>
      assertFiring({ ...CALM, ...series }, [
        { minute: FAULT_AT - 1, firing: {} },
        { minute: FAULT_AT + after, firing },
      ]));

  it('end some time after a conflict that was the first', () =>
    assertFiring(
      { ...CALM, [`berth_layer2_conflicts_total{${SPEAKER},ip="192.0.2.1"}`]: `_x${FAULT_AT} 1+0x120` },
      [
        { minute: FAULT_AT + 4, firing: { BerthAddressConflict: 1 } },
        { minute: FAULT_AT + 8, firing: {} },
      ],
    ));

  it('fires when nothing of the controller is there', () =>
    assertFiring({ 'up{job="other"}': steady(1) }, [{ minute: 3, firing: { BerthHasNoLeader: 1 } }]));
});

describe('each alert', () => {
  it('has a fault under which it fires', () => {
    const tried = new Set(rows.flatMap(({ firing }) => Object.keys(firing)));
    assert.deepEqual(
      alerts.map(({ alert }) => alert).filter((name) => !tried.has(name)),
      [],
    );
  });

  it('asks for metrics that exist', () => {
    for (const { alert, expr } of alerts)
      for (const [name] of expr.matchAll(/\b(?:metallb|berth)_\w+/g))
        assert.ok(Object.hasOwn(METRICS, name.replace(/_bucket$/, '')), `${alert} asks for ${name}`);
  });

  it('has a runbook, and each runbook an alert', () => {
    const named = [...new Set(alerts.map(({ annotations }) => annotations['runbook']))].sort();
    const pages = readdirSync(join(root, 'docs/runbooks')).map((name) => `docs/runbooks/${name}`);
    assert.deepEqual(named, pages.sort());
  });

  it('has a runbook with its problem, its cause, where to look and a fix', () => {
    for (const { annotations } of alerts) {
      const page = readFileSync(join(root, annotations['runbook'] ?? ''), 'utf8');
      const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, ['Problem', 'Cause', 'Look at first', 'Fix'], annotations['runbook']);
    }
  });
});
