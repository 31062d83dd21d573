/** Mistakes in objects of metallb.io, and in what they select. */

import { advertisement, community, peer, pool } from '../../../announce/support/cluster.ts';
import { layer2Advertisement } from '../../../layer2/support/layer2-cluster.ts';
import { BGP_CLUSTER, edited, LAYER2_CLUSTER } from '../speaker-clusters.ts';
import type { FindingRow } from './finding-row.ts';

const ALL_ZONES_BUT = { nodeSelectors: [{ matchLabels: { zone: 'nowhere' } }] };

export const OBJECT_ROWS: readonly FindingRow[] = [
  {
    says: 'no advertisement covers the pool of a Service',
    objects: edited(BGP_CLUSTER, [], ['BGPAdvertisement all']),
    ...{
      code: 'S1',
      severity: 'error',
      object: 'IPAddressPool main',
      problem: /no BGPAdvertisement/,
      hasEdit: true,
    },
  },
  {
    says: 'no advertisement covers a pool that no Service uses',
    objects: edited(BGP_CLUSTER, [
      advertisement('all', { ipAddressPools: ['main'] }),
      pool('spare', ['10.20.9.0/24']),
    ]),
    ...{
      code: 'S1',
      severity: 'warning',
      object: 'IPAddressPool spare',
      problem: /pool spare/,
      hasEdit: true,
    },
  },
  {
    says: 'an advertisement has a field that is spelled wrong',
    objects: edited(BGP_CLUSTER, [advertisement('all', { ipAdressPools: ['main'] })]),
    ...{
      code: 'S2',
      severity: 'error',
      object: 'BGPAdvertisement all',
      problem: /is invalid/,
      hasEdit: true,
    },
  },
  {
    says: 'an invalid L2Advertisement stops all of them',
    objects: edited(LAYER2_CLUSTER, [layer2Advertisement('other', { interfaces: 'eth0' })]),
    ...{
      code: 'S2',
      severity: 'error',
      object: 'L2Advertisement other',
      problem: /is invalid/,
      hasEdit: false,
    },
  },
  {
    says: 'the only peer is invalid',
    objects: edited(BGP_CLUSTER, [peer('tor', { peerAddress: 'nowhere' })]),
    ...{ code: 'S2', severity: 'error', object: 'BGPPeer tor', problem: /"nowhere"/, hasEdit: false },
  },
  {
    says: 'a peer beside a valid one is invalid',
    objects: edited(BGP_CLUSTER, [peer('spare', { peerAddress: 'nowhere' })]),
    ...{ code: 'S2', severity: 'warning', object: 'BGPPeer spare', problem: /"nowhere"/, hasEdit: false },
  },
  {
    says: 'a pool of a Service is invalid',
    objects: edited(BGP_CLUSTER, [pool('main', ['10.20.1.0/24', 'nonsense'])]),
    ...{ code: 'S2', severity: 'error', object: 'IPAddressPool main', problem: /nonsense/, hasEdit: false },
  },
  {
    says: 'the alias of a community is spelled wrong',
    objects: edited(BGP_CLUSTER, [
      advertisement('all', { communities: ['blakchole'] }),
      community('names', { blackhole: '65535:666' }),
    ]),
    ...{
      code: 'S3',
      severity: 'error',
      object: 'BGPAdvertisement all',
      problem: /"blakchole"/,
      hasEdit: true,
    },
  },
  {
    says: 'nobody defines the alias of a community',
    objects: edited(BGP_CLUSTER, [advertisement('all', { communities: ['customers'] })]),
    ...{
      code: 'S3',
      severity: 'error',
      object: 'BGPAdvertisement all',
      problem: /"customers"/,
      hasEdit: false,
    },
  },
  {
    says: 'no node matches the selectors of the only peer',
    objects: edited(BGP_CLUSTER, [peer('tor', ALL_ZONES_BUT)]),
    ...{ code: 'S4', severity: 'error', object: 'BGPPeer tor', problem: /selects no node/, hasEdit: false },
  },
  {
    says: 'no node matches the selectors of one peer of two',
    objects: edited(BGP_CLUSTER, [peer('spare', { ...ALL_ZONES_BUT, peerAddress: '10.213.0.2' })]),
    ...{
      code: 'S4',
      severity: 'warning',
      object: 'BGPPeer spare',
      problem: /selects no node/,
      hasEdit: false,
    },
  },
  {
    says: 'an advertisement names a peer that does not exist',
    objects: edited(BGP_CLUSTER, [advertisement('all', { peers: ['tro'] })]),
    ...{ code: 'S5', severity: 'error', object: 'BGPAdvertisement all', problem: /"tro"/, hasEdit: true },
  },
  {
    says: 'an advertisement selects no node',
    objects: edited(BGP_CLUSTER, [advertisement('all', ALL_ZONES_BUT)]),
    ...{
      code: 'S6',
      severity: 'error',
      object: 'BGPAdvertisement all',
      problem: /selects no node/,
      hasEdit: false,
    },
  },
  {
    says: 'an L2Advertisement selects no node',
    objects: edited(LAYER2_CLUSTER, [layer2Advertisement('all', ALL_ZONES_BUT)]),
    ...{
      code: 'S6',
      severity: 'error',
      object: 'L2Advertisement all',
      problem: /selects no node/,
      hasEdit: false,
    },
  },
  {
    says: 'an advertisement names a pool that does not exist',
    objects: edited(LAYER2_CLUSTER, [layer2Advertisement('all', { ipAddressPools: ['mian'] })]),
    ...{ code: 'S7', severity: 'warning', object: 'L2Advertisement all', problem: /"mian"/, hasEdit: true },
  },
  {
    says: 'there are advertisements by BGP and no peer',
    objects: edited(BGP_CLUSTER, [], ['BGPPeer tor']),
    ...{
      code: 'S8',
      severity: 'error',
      object: 'BGPAdvertisement all',
      problem: /no BGPPeer/,
      hasEdit: false,
    },
  },
];
