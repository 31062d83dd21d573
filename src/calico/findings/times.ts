/** What depends on versions, on time, or on the routers: P27, P30, P31, P32, P33, P35, P40. */
import { fieldsOf, listOf, nameOf, type Raw, specOf, textOf } from '../../cluster/fields.ts';
import { formatAddress } from '../../net/address.ts';
import { formatRange, rangeOfPrefix, rangesOverlap } from '../../net/range.ts';
import type { Loaded } from '../daemon.ts';
import { readAS } from '../objects/asnumber.ts';
import { type Check, someOf } from './check.ts';
import type { Edit, Found } from './finding.ts';
import { peerRef } from './peers.ts';
import { passwordFix } from './secrets.ts';
import { entryRanges, patchOf, refOf, refTo, type World } from './world.ts';

const P27: Check = {
  code: 'P27',
  needs: ['BGPPeer'],
  open: 'which routers have to be prepared',
  find({ picture: { routers, cluster } }) {
    if (routers.length === 0) return [];
    const names = routers.map(({ name }) => name);
    const first = cluster.peers.find(({ peerIP }) => peerIP.includes(names[0] ?? ''));
    return [
      {
        severity: 'hint',
        object: peerRef(first?.name ?? cluster.peers[0]?.name ?? ''),
        field: '',
        says: `What ${someOf(names)} ${names.length > 1 ? 'do' : 'does'} with the routes cannot be seen from the cluster: ECMP, accepted prefixes, hold time and password are the router's own.`,
        todo: 'Go through the checklist for the router; `berth calico router` writes its side.',
      },
    ];
  },
};

const P30: Check = {
  code: 'P30',
  needs: ['ClusterInformation'],
  open: 'whether this version of Calico loses routes',
  find({ picture: { cluster } }) {
    const [major, minor, patch] = cluster.version ?? [0, 0, 0];
    if (major !== 3 || minor !== 31 || patch > 3) return [];
    return [
      {
        severity: 'warning',
        object: refTo('ClusterInformation', 'default'),
        field: 'spec.calicoVersion',
        says: `Calico v3.31.${patch} can lose routes of Services after their EndpointSlices change.`,
        todo: 'Upgrade Calico to 3.31.4 or later.',
      },
    ];
  },
};

const P31: Check = {
  code: 'P31',
  needs: ['FelixConfiguration', 'IPPool', 'BGPConfiguration'],
  open: 'whether Felix answers ARP for the same addresses',
  find(world) {
    const { pools, nodes } = world.picture.cluster;
    const plain = pools
      .filter(({ vxlan, ipip }) => !vxlan && !ipip)
      .flatMap(({ range }) => range.prefix ?? []);
    const near = nodes.flatMap(({ subnets }) => subnets);
    const listed = [
      ...world.pools.flatMap(({ ranges }) => ranges),
      ...entryRanges(world.picture.cluster.configuration.loadBalancerIPs),
    ];
    const hit = listed.filter(
      (range) =>
        plain.some((one) => rangesOverlap(rangeOfPrefix(one), range)) &&
        near.some((one) => rangesOverlap(rangeOfPrefix(one), range)),
    );
    return world.of('FelixConfiguration').flatMap((raw): readonly Found[] => {
      const mode = textOf(specOf(raw)['localSubnetL2Reachability']);
      if (mode === '' || mode === 'Disabled' || hit.length === 0) return [];
      return [
        {
          severity: 'warning',
          object: refOf(raw),
          field: 'spec.localSubnetL2Reachability',
          says: `Felix also answers ARP and NDP for ${someOf([...new Set(hit.map(formatRange))])} (localSubnetL2Reachability ${mode}): machines on the nodes' subnet reach such an address by one node, whatever BGP says.`,
          todo: "Set localSubnetL2Reachability: Disabled, or take the range out of the nodes' subnet.",
          fix: [patchOf(refOf(raw), { spec: { localSubnetL2Reachability: 'Disabled' } })],
        },
      ];
    });
  },
};

const P32: Check = {
  code: 'P32',
  needs: ['BGPPeer'],
  open: 'how long routes of a dead node stay',
  find(world) {
    const slow = world
      .of('BGPPeer')
      .filter((raw) => textOf(specOf(raw)['peerIP']) !== '' && textOf(specOf(raw)['maxRestartTime']) === '');
    const [first] = slow;
    if (first === undefined) return [];
    return [
      {
        severity: 'hint',
        object: refOf(first),
        field: 'spec.maxRestartTime',
        says: `When a node dies, a router that helps at graceful restarts keeps its routes for the hold time and up to 120 s more (BGPPeer ${someOf(slow.map(nameOf))} sets no maxRestartTime).`,
        todo: 'Set maxRestartTime to what a restart of calico-node takes (15s, say), and a short hold time on the router.',
      },
    ];
  },
};

const P33: Check = {
  code: 'P33',
  needs: ['DatastoreMigration'],
  open: "whether Calico's datastore is being migrated",
  find: (world) =>
    world.of('DatastoreMigration').flatMap((raw): readonly Found[] => {
      const phase = textOf(fieldsOf(raw['status'])['phase']);
      if (phase === 'Complete' || phase === 'Completed') return [];
      return [
        {
          severity: 'warning',
          object: refOf(raw),
          field: 'status.phase',
          says: `Calico's datastore is being migrated (phase ${phase || 'not begun'}): its configuration is locked, and edits have no effect.`,
          todo: 'Wait until the migration is complete.',
        },
      ];
    }),
};

/** What a signed 32-bit field holds. */
const AS_SCHEMA_MAX = 2_147_483_647;
/** The first whose schema holds all four octets. */
const FULL_AS_MINOR = 33;

const P35: Check = {
  code: 'P35',
  needs: ['ClusterInformation'],
  open: 'whether the schema takes an AS number over 2147483647',
  find(world) {
    const { version } = world.picture.cluster;
    if (version === null || version[0] !== 3 || version[1] >= FULL_AS_MINOR) return [];
    return ['BGPConfiguration', 'BGPPeer'].flatMap((kind) =>
      world.of(kind).flatMap((raw): readonly Found[] => {
        const as = readAS(specOf(raw)['asNumber']);
        if (as === null || as <= AS_SCHEMA_MAX) return [];
        return [
          {
            severity: 'error',
            object: refOf(raw),
            field: 'spec.asNumber',
            says: `The schema of Calico v${version.join('.')} takes AS numbers up to ${AS_SCHEMA_MAX}, so the API server refuses ${kind} ${nameOf(raw)} with AS ${as}.`,
            todo: 'Use a smaller AS number, or a version of Calico whose schema takes all of them (3.33).',
          },
        ];
      }),
    );
  },
};

/** Kubelet's own word; null where it does not say. */
function isReady(raw: Raw): boolean | null {
  const condition = listOf(fieldsOf(raw['status'])['conditions'])
    .map(fieldsOf)
    .find(({ type }) => type === 'Ready');
  return condition === undefined ? null : condition['status'] === 'True';
}

const isMeshed = (loaded: Loaded | null): boolean =>
  loaded?.main.sessions.some(({ kind }) => kind === 'mesh') === true;

type Dead = { readonly says: string; readonly fix: readonly Edit[] };

/** Peers that are down for a reason that can be seen. */
function dead(world: World): readonly Dead[] {
  const { sessions, cluster } = world.picture;
  const unread = [
    ...new Set(
      sessions
        .filter(({ result }) => 'trouble' in result && result.trouble === 'password-mismatch')
        .map(({ session }) => session.by),
    ),
  ].filter((by) => by !== '');
  const meshed = new Set(
    world.picture.states
      .filter(({ daemons }) => [daemons[4], daemons[6]].some((one) => isMeshed(one.loaded)))
      .map(({ node }) => node.name),
  );
  const off = world
    .of('Node')
    .filter((raw) => isReady(raw) === false && meshed.has(nameOf(raw)))
    .map(nameOf);
  const down = world.of('CalicoNodeStatus').flatMap((raw) => {
    const bgp = fieldsOf(fieldsOf(raw['status'])['bgp']);
    return [...listOf(bgp['peersV4']), ...listOf(bgp['peersV6'])]
      .map(fieldsOf)
      .filter((one) => textOf(one['state']) !== '' && textOf(one['state']) !== 'Established')
      .map((one) => textOf(one['peerIP']));
  });
  const downPeers = cluster.peers.filter(({ peerIP }) => down.includes(peerIP));
  const nodeOf = (ip: string) =>
    cluster.nodes.find(({ addresses }) =>
      [addresses[4], addresses[6]].some((one) => one !== null && formatAddress(one) === ip),
    );
  return [
    ...unread.map((by) => ({ says: `BGPPeer ${by} (no password)`, fix: passwordFix(world, by) })),
    ...off.map((name) => ({
      says: `node ${name} (not ready)`,
      fix: [{ do: 'delete', object: refTo('Node', name) } as const],
    })),
    ...downPeers.map(({ name, peerIP }) => ({
      says: `BGPPeer ${name} (${peerIP} is not Established)`,
      fix: [{ do: 'delete', object: peerRef(name) } as const],
    })),
    ...[...new Set(down)]
      .filter((ip) => nodeOf(ip) !== undefined && !off.includes(nodeOf(ip)?.name ?? ''))
      .map((ip) => ({ says: `node ${nodeOf(ip)?.name} (${ip} is not Established)`, fix: [] })),
  ];
}

const P40: Check = {
  code: 'P40',
  needs: ['BGPPeer', 'Node'],
  open: 'whether a peer that is down delays every start',
  find(world) {
    const all = dead(world);
    if (all.length === 0) return [];
    return [
      {
        severity: 'warning',
        object: refTo('BGPConfiguration', 'default'),
        field: '',
        says: `A BIRD that starts announces nothing to anybody until each of its peers was up once or four minutes have passed, and ${someOf(all.map(({ says }) => says))} cannot come up.`,
        todo: 'Mend the session, or take the peer (or the node that is gone) out of the cluster.',
        fix: all.flatMap(({ fix }) => fix),
      },
    ];
  },
};

export const TIMES: readonly Check[] = [P27, P30, P31, P32, P33, P35, P40];
