/** A whole set-up as text: what it is, how to apply it, and its objects. */
import { stringify } from 'yaml';
import { behaviourOf } from '../../../calico/objects/version.ts';
import { formatComment, printAnnotatedManifest } from './annotated-manifest.ts';
import { needsFilter } from './bgp-peers.ts';
import { isCalicoManifest, manifestsFor, poolManifest } from './manifests.ts';
import type { CalicoSetupOptions } from './options.ts';
import { passwordCommands } from './password.ts';

export type ApplyTool = 'kubectl' | 'calicoctl';

export function printSetup(options: CalicoSetupOptions, tool: ApplyTool, program: string): string {
  const all = manifestsFor(options);
  const printed = tool === 'calicoctl' ? all.filter(isCalicoManifest) : all;
  const header = formatComment([
    describeSetup(options),
    ...setupRemarks(options),
    '',
    ...(tool === 'kubectl' ? kubectlSteps(program) : calicoctlSteps(options)),
    '',
    `The router's side: ${program} calico router, with the same flags. Whether it all fits: ${program} doctor.`,
  ]);
  return `${header}---\n${printed.map(printAnnotatedManifest).join('---\n')}`;
}

function describeSetup(options: CalicoSetupOptions): string {
  if (!options.isMeshOn)
    return 'Mesh off: nodes speak to the routers alone, so each announces what is its own and nothing else.';
  return needsFilter(options)
    ? "Mesh on, ranges as a whole from every node that peers, and a filter that keeps nodes from passing on each other's addresses."
    : 'Mesh on, ranges as a whole from every node that peers, and no filter: for Services with externalTrafficPolicy Cluster alone.';
}

/** What no object can mend. */
function setupRemarks({ version, usesLocalPolicy, advertised }: CalicoSetupOptions): readonly string[] {
  const { needsReadiness, matchesStatus } = behaviourOf(version);
  const [major = 0, minor = 0, patch = 0] = version ?? [];
  const name = `Calico v${version?.join('.')}`;
  return [
    ...(major === 3 && minor === 31 && patch <= 3
      ? [`${name} can lose routes of Services when their EndpointSlices change: 3.31.4 mends that.`]
      : []),
    ...(needsReadiness || !usesLocalPolicy
      ? []
      : [
          `${name} announces Services with externalTrafficPolicy Local from nodes whose pods are not ready: 3.31.7 and 3.32.2 mend that.`,
        ]),
    ...(matchesStatus || advertised.singles.length === 0
      ? []
      : [`${name} announces entries of one address for Services with spec.loadBalancerIP alone.`]),
  ];
}

const kubectlSteps = (program: string): readonly string[] => [
  `kubectl diff -f FILE, then kubectl apply -f FILE. The cluster has to serve projectcalico.org/v3, by Calico's API server or by its CRDs since 3.32; where it does not, ${program} calico init --for calicoctl prints what calicoctl takes.`,
];

function calicoctlSteps({ password, namespace, ranges }: CalicoSetupOptions): readonly string[] {
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
