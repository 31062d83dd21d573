/** S17: load balancers of other projects that serve the same Services. A program that serves no Services here is none of them. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import { labelsOf, nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { commandLineOf, containersOf, repositoryOf } from '../../objects/metallb-program.ts';
import type { SpeakerCheck, SpeakerCheckResult } from './check.ts';
import { type AnnouncementSnapshot, patchOfRaw, refOfRaw } from './snapshot.ts';

/** The label that k3s sets on the DaemonSet of each Service that its own load balancer serves. */
const SVCLB_LABEL = 'svccontroller.k3s.cattle.io/svcname';

const OWN_CLASS = 'Remove it, or run both for different values of loadBalancerClass.';

type OtherBalancer = {
  readonly name: string;
  /** Of the image, without its tag. */
  readonly repository: RegExp;
  readonly remedy: string;
  readonly serves?: (container: Raw) => boolean;
};

const OTHERS: readonly OtherBalancer[] = [
  {
    name: 'kube-vip',
    repository: /(^|[/-])kube-vip(-iptables)?$/,
    remedy:
      'Switch its Services off (svc_enable=false), or give it Services with a loadBalancerClass of their own.',
    serves: servesServices,
  },
  { name: "kube-vip's cloud provider", repository: /kube-vip-cloud-provider$/, remedy: OWN_CLASS },
  { name: 'OpenELB', repository: /openelb/, remedy: OWN_CLASS },
  { name: 'PureLB', repository: /purelb/, remedy: OWN_CLASS },
];

/** kube-vip may give the control plane its address, and leave Services alone. Where nothing says so, it is taken to serve them. */
function servesServices(container: Raw): boolean {
  const env = new Map(
    listOf(container['env'])
      .map(fieldsOf)
      .map((one) => [textOf(one['name']), textOf(one['value'])]),
  );
  const words = commandLineOf(container);
  if (words.some((word) => /^--services(=true)?$/.test(word))) return true;
  const enabled = env.get('svc_enable');
  if (enabled !== undefined) return /^(1|t|true)$/i.test(enabled);
  return !env.has('cp_enable') && !words.some((word) => /^--controlplane(=true)?$/.test(word));
}

const WORKLOADS = ['DaemonSet', 'Deployment', 'Pod'] as const;

function otherPrograms({ objectsOf }: AnnouncementSnapshot): readonly SpeakerCheckResult[] {
  return OTHERS.flatMap(({ name, repository, remedy, serves }): readonly SpeakerCheckResult[] => {
    const first = WORKLOADS.flatMap(objectsOf).find((raw) =>
      containersOf(raw).some(
        (one) => repository.test(repositoryOf(textOf(one['image']))) && serves?.(one) !== false,
      ),
    );
    if (first === undefined) return [];
    const where = `${first['kind']} ${namespaceOf(first)}/${nameOf(first)}`;
    return [
      {
        ...{ severity: 'warning', object: refOfRaw(first), field: '', remedy },
        problem: `${name} (${where}) serves Services of type LoadBalancer beside Berth. Both then write their status and announce their addresses.`,
      },
    ];
  });
}

/** k3s' own, which makes a DaemonSet for each Service. */
function serviceLb({ objectsOf }: AnnouncementSnapshot): readonly SpeakerCheckResult[] {
  const own = objectsOf('DaemonSet').filter(
    (raw) => Object.hasOwn(labelsOf(raw), SVCLB_LABEL) || /^svclb-/.test(nameOf(raw)),
  );
  const [first] = own;
  if (first === undefined) return [];
  return [
    {
      severity: 'warning',
      object: refOfRaw(first),
      field: '',
      problem: `k3s' own load balancer (${own.map(nameOf).slice(0, 3).join(', ')}) serves Services beside Berth. It writes addresses of nodes into their status.`,
      remedy: 'Start every k3s server with --disable=servicelb.',
    },
  ];
}

/** The DaemonSet of Cilium's agents. */
export const isCiliumAgent = (daemonSet: Raw): boolean =>
  containersOf(daemonSet).some((one) => /(^|[/-])cilium$/.test(repositoryOf(textOf(one['image']))));

/** Cilium's agents run in many clusters, and assign addresses only where they have a pool. */
function cilium({ objectsOf }: AnnouncementSnapshot): readonly SpeakerCheckResult[] {
  const pools = objectsOf('CiliumLoadBalancerIPPool').filter((raw) => specOf(raw)['disabled'] !== true);
  const [first] = pools;
  if (first === undefined) return [];
  const isForSome = pools.every((raw) => specOf(raw)['serviceSelector'] !== undefined);
  return [
    {
      severity: isForSome ? 'hint' : 'warning',
      object: refOfRaw(first),
      field: 'spec.disabled',
      problem: `Cilium assigns addresses of its own to Services${isForSome ? ' that its selectors match' : ''} beside Berth: CiliumLoadBalancerIPPool ${listSome(pools.map(nameOf))}.`,
      remedy:
        'Set spec.disabled of these pools to true, or give the Services of Berth a loadBalancerClass of their own.',
      edits: pools.map((raw) => patchOfRaw(raw, { spec: { disabled: true } })),
    },
  ];
}

const S17: SpeakerCheck = {
  code: 'S17',
  needs: ['DaemonSet'],
  question: 'whether another load balancer serves the same Services',
  find: serviceLb,
};

/** Of any objects in the input: `S17` says what cannot be known without DaemonSets. */
const S17_OF_ANY_KIND: SpeakerCheck = {
  ...S17,
  needs: [],
  find: (snapshot) => [...otherPrograms(snapshot), ...cilium(snapshot)],
};

export const OTHER_LOAD_BALANCER_CHECKS: readonly SpeakerCheck[] = [S17, S17_OF_ANY_KIND];
