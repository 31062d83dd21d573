/** What Berth would make of the Services as they are, once it serves: the controller's own code, on a copy. */
import type { Millis } from '../../base/clock.ts';
import type { ServiceKey } from '../../cluster/service.ts';
import { formatAddress } from '../../net/address.ts';
import type { DeskOptions } from '../../plan/desk.ts';
import { isMine } from '../../plan/mine.ts';
import { ASSIGNED } from '../../plan/reasons.ts';
import { readShown, sameAddresses } from '../../plan/shown.ts';
import { rehearse, type Snapshot } from '../../plan/whole.ts';

export type Changed = {
  readonly service: ServiceKey;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly says: string;
};

export type Takeover = {
  /** Services that keep exactly the addresses they have. */
  readonly keep: number;
  /** Services without an address that stay without. */
  readonly wait: number;
  /** Services that have none and get one. */
  readonly get: readonly Changed[];
  /** Services that have an address and would have another, or none. */
  readonly change: readonly Changed[];
};

export function takeover(now: Snapshot, options: DeskOptions, wall: Millis): Takeover {
  const { services } = rehearse(now, options, wall);
  const get: Changed[] = [];
  const change: Changed[] = [];
  let keep = 0;
  let wait = 0;
  for (const service of now.services) {
    if (!isMine(service, options)) continue;
    const becomes = services.get(service.key) ?? service;
    const [was, is] = [readShown(service).addresses, readShown(becomes).addresses];
    const said = becomes.conditions.find(({ type }) => type === ASSIGNED)?.message ?? '';
    const changed = {
      service: service.key,
      before: was.map(formatAddress),
      after: is.map(formatAddress),
      says: said,
    };
    if (was.length === 0 && is.length === 0) wait++;
    else if (sameAddresses(was, is)) keep++;
    else if (was.length === 0) get.push(changed);
    else change.push(changed);
  }
  return { keep, wait, get, change };
}
