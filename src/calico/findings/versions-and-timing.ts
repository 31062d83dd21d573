/** Checks that depend on versions, on time or on the routers: P27, P30, P31, P32, P33, P35, P40. */

import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import { inflect, listSome } from '../../base/text.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { formatAddress } from '../../net/address.ts';
import { formatRange, rangeOfPrefix, rangesOverlap } from '../../net/range.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import type { LoadedConfig } from '../bird/bird-process.ts';
import { readAS } from '../objects/as-number.ts';
import { readPeerAddress } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { peerRef } from './peers.ts';
import { passwordEdits } from './secrets.ts';
import { type ClusterSnapshot, entryRanges, makeRef, objectRefOf, patchOf } from './snapshot.ts';

const P27: DiagnosticCheck = {
  code: 'P27',
  needs: ['BGPPeer'],
  question: 'which routers have to be configured',
  find({ converged: { routers, cluster }, backend }) {
    if (routers.length === 0 || backend.isRunning === false) return [];
    const names = routers.map(({ name }) => name);
    const first = cluster.peers.find(({ peerIP }) => {
      const address = readPeerAddress(peerIP)?.address;
      return address !== undefined && formatAddress(address) === names[0];
    });
    return [
      {
        severity: 'hint',
        object: peerRef(first?.name ?? cluster.peers[0]?.name ?? ''),
        field: '',
        problem: `The configuration of ${inflect(names.length, 'router', 'routers')} ${listSome(names)} is not visible from the cluster: ECMP, accepted prefixes, hold time and password.`,
        remedy: 'Go through the checklist for the router. `berth calico router` writes its configuration.',
      },
    ];
  },
};

const P30: DiagnosticCheck = {
  code: 'P30',
  needs: ['ClusterInformation'],
  question: 'whether this version of Calico loses routes',
  find({ converged: { cluster } }) {
    const [major, minor, patch] = cluster.version ?? [0, 0, 0];
    if (major !== 3 || minor !== 31 || patch > 3) return [];
    return [
      {
        severity: 'warning',
        object: makeRef('ClusterInformation', 'default'),
        field: 'spec.calicoVersion',
        problem: `Calico v3.31.${patch} can lose routes of Services when their EndpointSlices change.`,
        remedy: 'Upgrade Calico to 3.31.4 or later.',
      },
    ];
  },
};

const P31: DiagnosticCheck = {
  code: 'P31',
  needs: ['FelixConfiguration', 'IPPool', 'BGPConfiguration'],
  question: 'whether Felix answers ARP for the same addresses',
  find(snapshot) {
    const { pools, nodes } = snapshot.converged.cluster;
    const unencapsulated = pools
      .filter(({ vxlan, ipip }) => !vxlan && !ipip)
      .flatMap(({ range }) => range.prefix ?? []);
    const nodeSubnets = nodes.flatMap(({ subnets }) => subnets);
    const listed = [
      ...snapshot.pools.flatMap(({ ranges }) => ranges),
      ...entryRanges(snapshot.converged.cluster.configuration.loadBalancerIPs),
    ];
    const affected = listed.filter(
      (range) =>
        unencapsulated.some((one) => rangesOverlap(rangeOfPrefix(one), range)) &&
        nodeSubnets.some((one) => rangesOverlap(rangeOfPrefix(one), range)),
    );
    return snapshot.objectsOf('FelixConfiguration').flatMap((raw): readonly CheckResult[] => {
      const mode = textOf(specOf(raw)['localSubnetL2Reachability']);
      if (mode === '' || mode === 'Disabled' || affected.length === 0) return [];
      return [
        {
          severity: 'warning',
          object: objectRefOf(raw),
          field: 'spec.localSubnetL2Reachability',
          problem: `Machines on the nodes' subnet reach ${listSome([...new Set(affected.map(formatRange))])} through a single node, whatever BGP announces. Felix answers ARP and NDP there (localSubnetL2Reachability ${mode}).`,
          remedy: "Set localSubnetL2Reachability: Disabled, or move the range out of the nodes' subnet.",
          edits: [patchOf(objectRefOf(raw), { spec: { localSubnetL2Reachability: 'Disabled' } })],
        },
      ];
    });
  },
};

const P32: DiagnosticCheck = {
  code: 'P32',
  needs: ['BGPPeer'],
  question: 'how long routers keep the routes of a dead node',
  find(snapshot) {
    const withoutRestartTime = snapshot
      .objectsOf('BGPPeer')
      .filter((raw) => textOf(specOf(raw)['peerIP']) !== '' && textOf(specOf(raw)['maxRestartTime']) === '');
    const [first] = withoutRestartTime;
    if (first === undefined || snapshot.backend.isRunning === false) return [];
    return [
      {
        severity: 'hint',
        object: objectRefOf(first),
        field: 'spec.maxRestartTime',
        problem: `When BIRD of a node is killed and does not return, a router with graceful restart sends traffic there for 120 s. When the node loses power, it is the hold time. No maxRestartTime is set in BGPPeer ${listSome(withoutRestartTime.map(nameOf))}.`,
        remedy:
          'Set maxRestartTime to the time that a restart of calico-node takes, such as 15s. Configure a short hold time on the router.',
      },
    ];
  },
};

const P33: DiagnosticCheck = {
  code: 'P33',
  needs: ['DatastoreMigration'],
  question: "whether Calico's datastore is being migrated",
  find: (snapshot) =>
    snapshot.objectsOf('DatastoreMigration').flatMap((raw): readonly CheckResult[] => {
      const phase = textOf(fieldsOf(raw['status'])['phase']);
      if (phase === 'Complete' || phase === 'Completed') return [];
      return [
        {
          severity: 'warning',
          object: objectRefOf(raw),
          field: 'status.phase',
          problem: `Edits of Calico's configuration have no effect, since its datastore is being migrated (phase ${phase || 'not begun'}).`,
          remedy: 'Wait until the migration is complete.',
        },
      ];
    }),
};

/** The largest value of a signed 32-bit field. */
const AS_SCHEMA_MAX = 2_147_483_647;
/** The first minor whose schema accepts all four-octet AS numbers. */
const FULL_AS_MINOR = 33;

const P35: DiagnosticCheck = {
  code: 'P35',
  needs: ['ClusterInformation'],
  question: 'whether the schema accepts an AS number above 2147483647',
  find(snapshot) {
    const { version } = snapshot.converged.cluster;
    if (version === null || version[0] !== 3 || version[1] >= FULL_AS_MINOR) return [];
    return ['BGPConfiguration', 'BGPPeer'].flatMap((kind) =>
      snapshot.objectsOf(kind).flatMap((raw): readonly CheckResult[] => {
        const as = readAS(specOf(raw)['asNumber']);
        if (as === null || as <= AS_SCHEMA_MAX) return [];
        return [
          {
            severity: 'error',
            object: objectRefOf(raw),
            field: 'spec.asNumber',
            problem: `The API server rejects ${kind} ${nameOf(raw)} with AS ${as}. The schema of Calico v${version.join('.')} accepts AS numbers up to ${AS_SCHEMA_MAX}.`,
            remedy: 'Use a smaller AS number, or Calico 3.33 or later.',
          },
        ];
      }),
    );
  },
};

const hasMeshSession = (loaded: LoadedConfig | null): boolean =>
  loaded?.main.sessions.some(({ kind }) => kind === 'mesh') === true;

type DownPeer = { readonly label: string; readonly edits: readonly ObjectEdit[] };

/** Peers that are known to be down. */
function findDownPeers(snapshot: ClusterSnapshot): readonly DownPeer[] {
  const { sessions, cluster } = snapshot.converged;
  const withoutPassword = [
    ...new Set(
      sessions
        .filter(({ outcome }) => 'trouble' in outcome && outcome.trouble === 'password-mismatch')
        .map(({ session }) => session.bgpPeer),
    ),
  ].filter((bgpPeer) => bgpPeer !== '');
  const meshed = new Set(
    snapshot.converged.nodeStates
      .filter(({ birds }) => [birds[4], birds[6]].some((one) => hasMeshSession(one.loaded)))
      .map(({ node }) => node.name),
  );
  const notReady = [...snapshot.nodes.values()]
    .filter(({ name, isReady }) => isReady === false && meshed.has(name))
    .map(({ name }) => name);
  const down = snapshot.objectsOf('CalicoNodeStatus').flatMap((raw) => {
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
    ...withoutPassword.map((bgpPeer) => ({
      label: `BGPPeer ${bgpPeer} (no password)`,
      edits: passwordEdits(snapshot, bgpPeer),
    })),
    ...notReady.map((name) => ({
      label: `node ${name} (not ready)`,
      edits: [{ do: 'delete', object: makeRef('Node', name) } as const],
    })),
    ...downPeers.map(({ name, peerIP }) => ({
      label: `BGPPeer ${name} (${peerIP} is not Established)`,
      edits: [{ do: 'delete', object: peerRef(name) } as const],
    })),
    ...[...new Set(down)]
      .filter((ip) => nodeOf(ip) !== undefined && !notReady.includes(nodeOf(ip)?.name ?? ''))
      .map((ip) => ({ label: `node ${nodeOf(ip)?.name} (${ip} is not Established)`, edits: [] })),
  ];
}

const P40: DiagnosticCheck = {
  code: 'P40',
  needs: ['BGPPeer', 'Node'],
  question: 'whether a peer that is down delays every start',
  find(snapshot) {
    const all = findDownPeers(snapshot);
    if (all.length === 0) return [];
    return [
      {
        severity: 'warning',
        object: makeRef('BGPConfiguration', 'default'),
        field: '',
        problem: `After a start, BIRD announces nothing until each peer was up once, or for four minutes. ${inflect(all.length, 'This peer is', 'These peers are')} down: ${listSome(all.map(({ label }) => label))}.`,
        remedy: 'Repair the session, or delete the peer or the dead node.',
        edits: all.flatMap(({ edits }) => edits),
      },
    ];
  },
};

export const VERSION_AND_TIMING_CHECKS: readonly DiagnosticCheck[] = [P27, P30, P31, P32, P33, P35, P40];
