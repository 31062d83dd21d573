/** What can be seen of layer 2: who answers and announces itself, and what the speakers wrote into the cluster. */
import { CONFIGURATION_STATES, EVENTS, SERVICE_L2_STATUSES } from '../../../../../src/kube/resource.ts';
import type { AnyObject } from '../../../../controller/support/rig.ts';
import type { Layer2Bed } from './layer2-bed.ts';
import { SEGMENTS } from './layer2-network.ts';
import { configurationResults, nodesInEvents } from './observe-bgp.ts';
import { observeFrames } from './observe-frames.ts';
import type { Sightings } from './observer.ts';

/** A state in the format of the observed cases; `before` is the state before the step. */
export async function observeLayer2(bed: Layer2Bed, one: AnyObject, before: AnyObject): Promise<AnyObject> {
  const { observer, network } = bed;
  const { objects } = bed.speakers;
  const ips: readonly string[] = one.addresses;
  const owners = (seen: Sightings, ip: string): AnyObject =>
    Object.fromEntries(
      SEGMENTS.flatMap((segment) => {
        const macs = [...(seen.get(ip)?.[segment] ?? [])];
        return macs.length === 0 ? [] : [[segment, macs.map((mac) => network.ownerOf(mac)).sort()]];
      }),
    );
  const answers = perAddress(await observer.ask(ips), ips, owners);
  const asked = ips.filter((ip) => !ip.includes(':') || one.ndpUnicast === true);
  const direct = perAddress(await observer.ask(asked, network.macs()), asked, owners);
  const announcements = perAddress(observer.announcements(), ips, owners);
  const [states, statuses, events] = await Promise.all([
    objects.list(CONFIGURATION_STATES),
    objects.list(SERVICE_L2_STATUSES),
    objects.list(EVENTS),
  ]);
  return {
    answers,
    unicast: differing(asked, answers, direct),
    ...announced(announcements, answers, before?.answers ?? {}),
    status: interfacesByService(statuses),
    assigned: nodesInEvents(withReason(events, 'nodeAssigned'), 'layer2'),
    failed: failedNodes(withReason(events, 'announceFailed')),
    config: configurationResults(states),
    ...(one.frames === undefined ? {} : { frames: await observeFrames(bed, one.frames) }),
  };
}

const perAddress = (
  seen: Sightings,
  ips: readonly string[],
  owners: (seen: Sightings, ip: string) => AnyObject,
): AnyObject =>
  Object.fromEntries(
    ips.map((ip) => [ip, owners(seen, ip)] as const).filter(([, found]) => Object.keys(found).length > 0),
  );

/** Answers to questions that went to one host, where others than those to all hosts. */
function differing(ips: readonly string[], answers: AnyObject, direct: AnyObject): AnyObject {
  const result: AnyObject = {};
  for (const ip of ips)
    for (const segment of SEGMENTS) {
      const owners: readonly string[] = direct[ip]?.[segment] ?? [];
      if (owners.join() === (answers[ip]?.[segment] ?? []).join()) continue;
      result[ip] ??= {};
      result[ip][segment] = owners;
    }
  return result;
}

/** Interfaces that began to answer and announced themselves; and those that announced themselves and do not answer. */
function announced(announcements: AnyObject, answers: AnyObject, before: AnyObject): AnyObject {
  const result: AnyObject = { announced: {}, stray: {} };
  for (const [ip, segments] of Object.entries<AnyObject>(announcements))
    for (const [segment, owners] of Object.entries<readonly string[]>(segments)) {
      const has = (state: AnyObject, owner: string): boolean =>
        state[ip]?.[segment]?.includes(owner) ?? false;
      const put = (key: string, found: readonly string[]): void => {
        if (found.length === 0) return;
        result[key][ip] ??= {};
        result[key][ip][segment] = found;
      };
      put(
        'announced',
        owners.filter((owner) => has(answers, owner) && !has(before, owner)),
      );
      put(
        'stray',
        owners.filter((owner) => !has(answers, owner) && !has(before, owner)),
      );
    }
  return result;
}

function interfacesByService(statuses: readonly AnyObject[]): AnyObject {
  const services: AnyObject = {};
  for (const { metadata, status = {} } of statuses) {
    const label = (name: string): string => metadata.labels?.[`metallb.io/${name}`] ?? '';
    const service = `${label('service-namespace')}/${label('service-name')}`;
    services[service] ??= {};
    const key = label('node') in services[service] ? `${label('node')}#2` : label('node');
    const interfaces = (status.interfaces ?? []).map(({ name }: AnyObject) => name).sort();
    services[service][key] = status.node === undefined ? ['no status'] : interfaces;
  }
  return services;
}

const withReason = (events: readonly AnyObject[], reason: string): readonly AnyObject[] =>
  events.filter((event) => event.reason === reason);

function failedNodes(events: readonly AnyObject[]): AnyObject {
  const services: AnyObject = {};
  for (const { involvedObject, message = '' } of events) {
    const node = /node "([^"]+)"/.exec(message)?.[1];
    if (node === undefined) continue;
    const service = `${involvedObject.namespace}/${involvedObject.name}`;
    services[service] = [...new Set([...(services[service] ?? []), node])].sort();
  }
  return services;
}
