/** Checks of programs that announce or assign beside Berth: Calico, S14, MetalLB, S15 and S16, and other load balancers, S17. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { formatRange, rangeOfPrefix, rangesOverlap } from '../../net/range.ts';
import { isCalicoGroup } from '../../objects/api-group.ts';
import { labelsOf, nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { containersOf } from '../speaker-arguments.ts';
import { groupOf } from '../speaker-cluster.ts';
import type { SpeakerCheck, SpeakerCheckResult } from './check.ts';
import { covers } from './invalid-objects.ts';
import { type AnnouncementSnapshot, patchOfRaw, refOfRaw } from './snapshot.ts';

const imagesOf = (workload: Raw): readonly string[] =>
  containersOf(workload).map((one) => textOf(one['image']));

/** Berth runs here: a speaker has published itself, or a workload has the program's image. */
const isBerthShown = ({ objectsOf }: AnnouncementSnapshot): boolean =>
  objectsOf('SpeakerStatus').length > 0 ||
  ['DaemonSet', 'Deployment'].some((kind) =>
    objectsOf(kind).some((raw) => imagesOf(raw).some((image) => /(^|\/)berth([:@]|$)/.test(image))),
  );

const where = (raw: Raw): string => `${raw['kind']} ${namespaceOf(raw)}/${nameOf(raw)}`;

const S14: SpeakerCheck = {
  code: 'S14',
  needs: ['BGPConfiguration', 'BGPAdvertisement'],
  question: 'whether Calico announces the same addresses',
  find(snapshot) {
    const { objectsOf, announced } = snapshot;
    const configuration = objectsOf('BGPConfiguration').find(
      (raw) => nameOf(raw) === 'default' && isCalicoGroup(groupOf(raw)),
    );
    if (configuration === undefined || objectsOf('BGPPeer').length === 0) return [];
    const listed = listOf(specOf(configuration)['serviceLoadBalancerIPs']).flatMap((entry) => {
      const prefix = parsePrefix(textOf(fieldsOf(entry)['cidr']));
      return prefix.ok ? [{ entry, range: rangeOfPrefix(prefix.value) }] : [];
    });
    const pools = [...announced.announcements.pools.byName.values()].filter(({ name }) =>
      objectsOf('BGPAdvertisement').some((raw) => covers(raw, name, announced)),
    );
    const shared = listed.filter(({ range }) =>
      pools.some(({ ranges }) => ranges.some((one) => rangesOverlap(one, range))),
    );
    if (shared.length === 0) return [];
    const rest = listed.filter((one) => !shared.includes(one)).map(({ entry }) => entry);
    return [
      {
        severity: 'warning',
        object: refOfRaw(configuration),
        field: 'spec.serviceLoadBalancerIPs',
        problem: `Two programs announce ${listSome(shared.map(({ range }) => formatRange(range)))} by BGP: Calico, and the speakers by BGPAdvertisements. Each withdraws by its own rules.`,
        remedy:
          'Let one announce: take the range out of serviceLoadBalancerIPs, or the pool out of the BGPAdvertisements.',
        edits: [patchOfRaw(configuration, { spec: { serviceLoadBalancerIPs: rest } })],
      },
    ];
  },
};

const S15: SpeakerCheck = {
  code: 'S15',
  needs: ['DaemonSet'],
  question: "whether MetalLB's speakers run beside Berth's",
  find: (snapshot) =>
    isBerthShown(snapshot)
      ? workloads(snapshot, 'DaemonSet', /(^|\/)metallb\/speaker([:@]|$)/).map((raw) => ({
          severity: 'warning',
          object: refOfRaw(raw),
          field: '',
          problem: `MetalLB's speakers (${where(raw)}) announce beside Berth's. By layer 2, Berth stands by for the addresses that they may answer for; by BGP, sessions of both displace each other.`,
          remedy: `Delete them once Berth has taken over: kubectl delete daemonset ${nameOf(raw)} -n ${namespaceOf(raw)}`,
          edits: [{ do: 'delete', object: refOfRaw(raw) }],
        }))
      : [],
};

const S16: SpeakerCheck = {
  code: 'S16',
  needs: ['Deployment'],
  question: "whether MetalLB's controller runs beside Berth's",
  find: (snapshot) =>
    isBerthShown(snapshot)
      ? workloads(snapshot, 'Deployment', /(^|\/)metallb\/controller([:@]|$)/)
          .filter((raw) => specOf(raw)['replicas'] !== 0)
          .map((raw) => ({
            severity: 'warning',
            object: refOfRaw(raw),
            field: 'spec.replicas',
            problem: `MetalLB's controller (${where(raw)}) serves the same pools and Services as Berth's.`,
            remedy: `Stop it: kubectl scale deployment ${nameOf(raw)} -n ${namespaceOf(raw)} --replicas=0`,
            edits: [patchOfRaw(raw, { spec: { replicas: 0 } })],
          }))
      : [],
};

const workloads = ({ objectsOf }: AnnouncementSnapshot, kind: string, image: RegExp): readonly Raw[] =>
  objectsOf(kind).filter((raw) => imagesOf(raw).some((one) => image.test(one)));

/** The label that k3s sets on the DaemonSet of each Service that its own load balancer serves. */
const SVCLB_LABEL = 'svccontroller.k3s.cattle.io/svcname';

const OTHERS: readonly { readonly name: string; readonly image: RegExp; readonly remedy: string }[] = [
  {
    ...{ name: 'kube-vip', image: /kube-vip/ },
    remedy:
      'Switch its Services off (svc_enable=false), or give it Services with a loadBalancerClass of their own.',
  },
  {
    ...{ name: 'OpenELB', image: /openelb/ },
    remedy: 'Remove it, or run both for different values of loadBalancerClass.',
  },
  {
    ...{ name: 'PureLB', image: /purelb/ },
    remedy: 'Remove it, or run both for different values of loadBalancerClass.',
  },
];

const S17: SpeakerCheck = {
  code: 'S17',
  needs: ['DaemonSet'],
  question: 'whether another load balancer serves the same Services',
  find(snapshot) {
    const svclb = snapshot
      .objectsOf('DaemonSet')
      .filter((raw) => Object.hasOwn(labelsOf(raw), SVCLB_LABEL) || /^svclb-/.test(nameOf(raw)));
    const [first] = svclb;
    const others = OTHERS.flatMap(({ name, image, remedy }): readonly SpeakerCheckResult[] =>
      workloads(snapshot, 'DaemonSet', image).map((raw) => ({
        ...{ severity: 'warning', object: refOfRaw(raw), field: '', remedy },
        problem: `${name} (${where(raw)}) serves Services of type LoadBalancer beside Berth. Both then write their status and announce their addresses.`,
      })),
    );
    if (first === undefined) return others;
    return [
      ...others,
      {
        severity: 'warning',
        object: refOfRaw(first),
        field: '',
        problem: `k3s' own load balancer (${svclb.map(nameOf).slice(0, 3).join(', ')}) serves Services beside Berth. It writes addresses of nodes into their status.`,
        remedy: 'Start every k3s server with --disable=servicelb.',
      },
    ];
  },
};

export const OTHER_PROGRAM_CHECKS: readonly SpeakerCheck[] = [S14, S15, S16, S17];
