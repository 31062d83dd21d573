/** A whole set-up as text: what it is, how to apply it, and its objects. */
import { stringify } from 'yaml';
import { behaviourOf } from '../../../calico/version.ts';
import { comment, printManifest } from './manifest.ts';
import { isCalicos, manifestsFor, poolManifest } from './manifests.ts';
import { passwordCommands } from './password.ts';
import { needsFilter } from './peers.ts';
import type { Wish } from './wish.ts';

export type Applier = 'kubectl' | 'calicoctl';

export function printSetup(wish: Wish, by: Applier, program: string): string {
  const all = manifestsFor(wish);
  const printed = by === 'calicoctl' ? all.filter(isCalicos) : all;
  const head = comment([
    setupOf(wish),
    ...remarks(wish),
    '',
    ...(by === 'kubectl' ? withKubectl(program) : withCalicoctl(wish)),
    '',
    `The router's side: ${program} calico router, with the same flags. Whether it all fits: ${program} doctor.`,
  ]);
  return `${head}---\n${printed.map(printManifest).join('---\n')}`;
}

function setupOf(wish: Wish): string {
  if (!wish.mesh)
    return 'Mesh off: nodes speak to the routers alone, so each announces what is its own and nothing else.';
  return needsFilter(wish)
    ? "Mesh on, ranges as a whole from every node that peers, and a filter that keeps nodes from passing on each other's addresses."
    : 'Mesh on, ranges as a whole from every node that peers, and no filter: for Services with externalTrafficPolicy Cluster alone.';
}

/** What no object can mend. */
function remarks({ version, local, listed }: Wish): readonly string[] {
  const { needsReadiness, matchesStatus } = behaviourOf(version);
  const [major = 0, minor = 0, patch = 0] = version ?? [];
  const name = `Calico v${version?.join('.')}`;
  return [
    ...(major === 3 && minor === 31 && patch <= 3
      ? [`${name} can lose routes of Services when their EndpointSlices change: 3.31.4 mends that.`]
      : []),
    ...(needsReadiness || !local
      ? []
      : [
          `${name} announces Services with externalTrafficPolicy Local from nodes whose pods are not ready: 3.31.7 and 3.32.2 mend that.`,
        ]),
    ...(matchesStatus || listed.singles.length === 0
      ? []
      : [`${name} announces entries of one address for Services with spec.loadBalancerIP alone.`]),
  ];
}

const withKubectl = (program: string): readonly string[] => [
  `kubectl diff -f FILE, then kubectl apply -f FILE. The cluster has to serve projectcalico.org/v3, by Calico's API server or by its CRDs since 3.32; where it does not, ${program} calico init --for calicoctl prints what calicoctl takes.`,
];

function withCalicoctl({ password, namespace, ranges }: Wish): readonly string[] {
  const pool = stringify(poolManifest({ ranges }).object, { lineWidth: 0 }).trimEnd().split('\n');
  return [
    'calicoctl apply -f FILE, with a calicoctl of the version of the cluster. It replaces whole objects: see first what there is, with calicoctl get bgpconfiguration default -o yaml.',
    'calicoctl takes no other kinds than its own. The rest is for kubectl:',
    ...(password === null
      ? []
      : ['', 'before this file, with the password of the router,', ...passwordCommands(password, namespace)]),
    '',
    'after this file, the addresses that Berth gives to Services,',
    "  kubectl apply -f - <<'END'",
    ...pool.map((line) => `  ${line}`),
    '  END',
  ];
}
