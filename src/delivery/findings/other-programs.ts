/** Checks of programs that announce or assign beside Berth: Calico, S14, MetalLB, S15 and S16. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { formatRange, rangeOfPrefix, rangesOverlap } from '../../net/range.ts';
import { isCalicoGroup } from '../../objects/api-group.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { containersOf, findMetallbContainer, isBerthImage } from '../../objects/metallb-program.ts';
import { groupOf } from '../speaker-cluster.ts';
import type { SpeakerCheck } from './check.ts';
import { covers } from './invalid-objects.ts';
import { type AnnouncementSnapshot, patchOfRaw, refOfRaw } from './snapshot.ts';

/** Berth runs here: a speaker has published itself, or a workload has the program's image. */
const isBerthShown = ({ objectsOf }: AnnouncementSnapshot): boolean =>
  objectsOf('SpeakerStatus').length > 0 ||
  ['DaemonSet', 'Deployment'].some((kind) =>
    objectsOf(kind).some((raw) => containersOf(raw).some((one) => isBerthImage(textOf(one['image'])))),
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
      ? snapshot
          .objectsOf('DaemonSet')
          .filter((raw) => findMetallbContainer(raw, 'speaker') !== null)
          .map((raw) => ({
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
      ? snapshot
          .objectsOf('Deployment')
          .filter((raw) => specOf(raw)['replicas'] !== 0 && findMetallbContainer(raw, 'controller') !== null)
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

export const OTHER_PROGRAM_CHECKS: readonly SpeakerCheck[] = [S14, S15, S16];
