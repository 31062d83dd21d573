/**
 * Gives the Secret of the speakers a random key where it has none. The Secret comes empty with the manifests, so the right to patch
 * this one suffices. Where there is no Secret, one is made, if the rights permit that. Its name and its key are MetalLB's; it has no
 * owner, so it outlives the controller.
 */
import { randomBytes } from 'node:crypto';
import type { ApiOutcome } from '../../../kube/http/api-request.ts';
import { collectionPath, objectPath, SECRETS } from '../../../kube/resource.ts';
import { JSON_PATCH } from '../../../objects/patch-type.ts';
import type { ApiWriter } from '../../../runtime/main/adapters.ts';
import { toWriteOutcome } from '../../../runtime/main/request-outcome.ts';
import type { RequestOutcome } from '../../../runtime/ports.ts';
import type { SpeakerSecretOptions } from '../../leadership/speaker-secret.ts';

const SECRET_OCTETS = 32;

type SecretPlace = { readonly namespace: string; readonly name: string };

export const fillSpeakerSecret =
  (writer: ApiWriter, place: SecretPlace): SpeakerSecretOptions['fill'] =>
  async () => {
    const outcome = toFillOutcome(await patchSecret(writer, place));
    return outcome.kind === 'gone' ? createSecret(writer, place) : outcome;
  };

const randomKey = (): string => randomBytes(SECRET_OCTETS).toString('base64');

/** The test fails where the Secret has anything, and the response to that does not contain it. */
function patchSecret({ client, mayWrite, timeout }: ApiWriter, place: SecretPlace): Promise<ApiOutcome> {
  const data = { secretkey: Buffer.from(randomKey()).toString('base64') };
  return client.send({
    method: 'PATCH',
    path: objectPath(SECRETS, place),
    body: [
      { op: 'test', path: '/data', value: null },
      { op: 'add', path: '/data', value: data },
    ],
    contentType: JSON_PATCH,
    timeout,
    mayStillSend: mayWrite,
  });
}

/** An API server refuses with 422 a patch whose test fails. */
const toFillOutcome = (outcome: ApiOutcome): RequestOutcome<void> =>
  outcome.kind === 'refused' && outcome.status === 422 ? { kind: 'stale' } : toWriteOutcome(outcome);

async function createSecret(
  { client, mayWrite, timeout }: ApiWriter,
  { namespace, name }: SecretPlace,
): Promise<RequestOutcome<void>> {
  const outcome = toWriteOutcome(
    await client.send({
      method: 'POST',
      path: collectionPath(SECRETS, namespace),
      body: {
        ...{ apiVersion: 'v1', kind: SECRETS.kind, metadata: { name, namespace }, type: 'Opaque' },
        stringData: { secretkey: randomKey() },
      },
      timeout,
      mayStillSend: mayWrite,
    }),
  );
  if (outcome.kind !== 'refused') return outcome;
  const because = `there is no Secret ${namespace}/${name}, and it may not make one (${outcome.because}): apply the manifests again`;
  return { kind: 'refused', because };
}
