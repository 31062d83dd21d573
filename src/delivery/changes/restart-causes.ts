/**
 * Why speakers announce something else when they have restarted. A speaker remembers two things only as long as it runs: the last
 * valid version of an object that is invalid now, and the pool from which it announces a Service.
 */
import { readIngress } from '../../announce/decision/service-addresses.ts';
import { compareText } from '../../base/text.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import { configurationErrors, type SpeakerAnnouncements } from '../announcements.ts';
import type { AnnouncementChanges } from './announcement-changes.ts';

export type RestartCauses = {
  /** Objects are invalid, and the speakers use their last valid versions. */
  readonly isConfigurationInvalid: boolean;
  /** Services that are announced, though no pool lists their addresses any more; sorted. */
  readonly withoutPool: readonly ServiceKey[];
  /** Services that stay in their pool, though their addresses belong to an older one now; sorted. */
  readonly inYoungerPool: readonly ServiceKey[];
};

/** `restart` is what a restart changes in what is announced; the causes name its Services only. */
export function restartCauses(
  restart: AnnouncementChanges,
  announced: SpeakerAnnouncements,
  services: readonly Service[],
): RestartCauses {
  const changed = servicesOf(restart);
  const withoutPool: ServiceKey[] = [];
  const inYoungerPool: ServiceKey[] = [];
  for (const service of services) {
    if (!changed.has(service.key)) continue;
    const addresses = readIngress(service);
    if ('code' in addresses) continue;
    const now = announced.pools.byAddress.findCommonPool(addresses)?.name ?? null;
    const remembered = rememberedPools(announced, service.key);
    if (![...remembered].some((name) => name !== now)) continue;
    (now === null ? withoutPool : inYoungerPool).push(service.key);
  }
  return {
    isConfigurationInvalid: configurationErrors(announced).length > 0,
    withoutPool: withoutPool.sort(compareText),
    inYoungerPool: inYoungerPool.sort(compareText),
  };
}

const servicesOf = ({ routes, owners, unreached }: AnnouncementChanges): ReadonlySet<ServiceKey> =>
  new Set([
    ...[...routes, ...owners].flatMap((one) => one.services),
    ...unreached.map(({ service }) => service),
  ]);

/** The names of the pools from which speakers announce a Service. */
function rememberedPools({ bgp, layer2 }: SpeakerAnnouncements, service: ServiceKey): ReadonlySet<string> {
  const decisions = bgp.classes.flatMap(({ decisionClass }) => {
    const known = decisionClass.decisions.get(service);
    return known === undefined ? [] : [known.common, ...known.apart.values()];
  });
  const byBgp = decisions.flatMap(({ decision }) =>
    decision.kind === 'announced' ? [decision.record.pool.name] : [],
  );
  const byLayer2 = layer2.records.get(service)?.pool.name;
  return new Set(byLayer2 === undefined ? byBgp : [...byBgp, byLayer2]);
}
