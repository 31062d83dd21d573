/** Checks the answer to a write: a proxy or a webhook may answer 200, and what was written is not there. */
import { hasExactly, readIngressStatus } from '../../allocation/ingress-status.ts';
import type { StatusPatch } from '../../allocation/status-patch.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';

/** Why the answer does not show that the patch was applied; null if it does. */
export function findUnwritten(
  key: ServiceKey,
  { ingress }: Pick<StatusPatch, 'ingress'>,
  answer: Service,
): string | null {
  if (answer.key !== key) return `the response is Service ${answer.key}`;
  if (ingress === null) return null;
  return hasExactly(readIngressStatus(answer), ingress)
    ? null
    : 'the response does not show the addresses that were written';
}
