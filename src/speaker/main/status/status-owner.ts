/** Finds the Pod of this process, which owns the status objects that it writes: they are deleted with it. */
import { type Clock, sleep } from '../../../base/clock.ts';
import { fieldsOf, textOf } from '../../../base/json.ts';
import { type ApiSender, isFinalAnswer } from '../../../kube/http/api-request.ts';
import { objectPath, PODS } from '../../../kube/resource.ts';
import { metadataOf } from '../../../objects/metadata.ts';
import { API_REQUEST_TIMEOUT } from '../../../runtime/main/adapters.ts';
import { type Backoff, backoffDelay } from '../../../workqueue/backoff.ts';
import type { StatusOwner } from './service-status-objects.ts';

const RETRY_BACKOFF: Backoff = { first: 500, max: 30_000 };

export type StatusOwnerContext = {
  readonly client: ApiSender;
  readonly clock: Pick<Clock, 'after'>;
  /** In [0, 1). */
  readonly random: () => number;
};

/**
 * Null without a Pod, or without the right to read it. A server that does not answer is asked again until it does, or until
 * `isOver`: an object that is written without its owner would stay for good.
 */
export async function findStatusOwner(
  { client, clock, random }: StatusOwnerContext,
  pod: { readonly namespace: string; readonly name: string },
  isOver: () => boolean,
): Promise<StatusOwner | null> {
  if (pod.name === '') return null;
  const path = objectPath(PODS, pod);
  for (let attempt = 0; !isOver(); attempt++) {
    const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
    if (outcome.kind === 'ok') {
      const uid = textOf(metadataOf(fieldsOf(outcome.body))['uid']);
      return uid === '' ? null : { name: pod.name, uid };
    }
    if (isFinalAnswer(outcome)) return null;
    const delay = backoffDelay(attempt, RETRY_BACKOFF, random());
    await sleep(clock, delay);
  }
  return null;
}
