/** Formats a capability for people. */

import type { Capability } from './capability.ts';
import { unicastFamilyOf } from './codes.ts';

export function capabilityText(one: Capability): string {
  switch (one.kind) {
    case 'multiprotocol':
      return familyText(one);
    case 'four-octet-as':
      return `four-octet AS ${one.asn}`;
    case 'extended-next-hop':
      return `extended next hop: ${one.entries.map((entry) => `${familyText(entry)} with next hops of AFI ${entry.nextHopAfi}`).join(', ')}`;
    case 'graceful-restart': {
      const families = one.families.map(
        (each) => `${familyText(each)}${each.forwarding ? ' (forwarding preserved)' : ''}`,
      );
      const flags = [
        ...(one.restarting ? ['restarting'] : []),
        ...(one.notification ? ['notification'] : []),
      ];
      const parts = [
        `restart time ${one.restartTime} s`,
        ...flags,
        ...(families.length > 0 ? [`families ${families.join(', ')}`] : []),
      ];
      return `graceful restart ${parts.join(', ')}`;
    }
    case 'unknown':
      return `capability ${one.code}: ${Buffer.from(one.value).toString('hex')}`;
    default:
      return one.kind.replaceAll('-', ' ');
  }
}

export function familyText({ afi, safi }: { readonly afi: number; readonly safi: number }): string {
  const family = unicastFamilyOf(afi, safi);
  return family === null ? `AFI ${afi} SAFI ${safi}` : `IPv${family} unicast`;
}
