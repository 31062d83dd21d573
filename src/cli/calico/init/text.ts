/** The setup as a YAML file: what it does and how to apply it as comments, and the objects. */
import { stringify } from 'yaml';
import { behaviourOf } from '../../../calico/objects/version.ts';
import { annotatedManifestText, formatComment } from './annotated-manifest.ts';
import { needsFilter } from './bgp-peers.ts';
import { isCalicoManifest, manifestsFor, poolManifest } from './manifests.ts';
import type { CalicoSetupOptions } from './options.ts';
import { passwordCommands } from './password.ts';

export type ApplyTool = 'kubectl' | 'calicoctl';

export function setupText(options: CalicoSetupOptions, tool: ApplyTool, program: string): string {
  const all = manifestsFor(options);
  const printed = tool === 'calicoctl' ? all.filter(isCalicoManifest) : all;
  const header = formatComment([
    describeSetup(options),
    ...(options.isMeshOn ? [] : [meshOffWarning(program)]),
    ...setupRemarks(options),
    '',
    ...(tool === 'kubectl' ? kubectlSteps(program) : calicoctlSteps(options)),
    '',
    `For the router's configuration run ${program} calico router with the same flags. To check the result, run ${program} doctor.`,
  ]);
  return `${header}---\n${printed.map(annotatedManifestText).join('---\n')}`;
}

function describeSetup(options: CalicoSetupOptions): string {
  if (!options.isMeshOn)
    return 'Mesh off: nodes have sessions with the routers only, so each advertises its own routes only.';
  return needsFilter(options)
    ? 'Mesh on: every node that peers advertises the whole ranges, and a filter keeps nodes from advertising routes of other nodes.'
    : 'Mesh on: every node that peers advertises the whole ranges. There is no filter: use Services with externalTrafficPolicy Cluster only.';
}

/** Without the cluster, nobody knows whether its pods need the mesh. */
export const meshOffWarning = (program: string): string =>
  `Without the mesh, pods on different nodes cannot communicate unless their pools use VXLAN or the routers carry pod routes. Run ${program} plan -f FILE before you apply it: it names the nodes that would be cut off.`;

/** Bugs of the version that no object works around. */
function setupRemarks({ version, usesLocalPolicy, advertised }: CalicoSetupOptions): readonly string[] {
  const { needsReadiness, matchesStatus } = behaviourOf(version);
  const [major = 0, minor = 0, patch = 0] = version ?? [];
  const name = `Calico v${version?.join('.')}`;
  return [
    ...(major === 3 && minor === 31 && patch <= 3
      ? [`${name} can lose routes of Services when their EndpointSlices change. This is fixed in 3.31.4.`]
      : []),
    ...(needsReadiness || !usesLocalPolicy
      ? []
      : [
          `${name} advertises Services with externalTrafficPolicy Local from nodes whose pods are not ready. This is fixed in 3.31.7 and 3.32.2.`,
        ]),
    ...(matchesStatus || advertised.singles.length === 0
      ? []
      : [`${name} advertises entries of one address only for Services with spec.loadBalancerIP.`]),
  ];
}

const kubectlSteps = (program: string): readonly string[] => [
  `To apply: kubectl diff -f FILE, then kubectl apply -f FILE. The cluster has to serve projectcalico.org/v3, through Calico's API server or through CRDs (since 3.32). If it does not, use ${program} calico init --for calicoctl.`,
];

function calicoctlSteps({ password, namespace, ranges }: CalicoSetupOptions): readonly string[] {
  const pool = stringify(poolManifest({ ranges }).object, { lineWidth: 0 }).trimEnd().split('\n');
  return [
    'To apply: calicoctl apply -f FILE, with the calicoctl version of the cluster. It replaces whole objects: first read the existing one with calicoctl get bgpconfiguration default -o yaml.',
    'calicoctl applies only kinds of Calico. For the others run kubectl:',
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
