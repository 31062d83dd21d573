/** Creates the Secret of the speakers. Its name and its key are MetalLB's; it has no owner, so it outlives the controller. */
import { randomBytes } from 'node:crypto';
import { collectionPath, SECRETS } from '../../../kube/resource.ts';
import type { ApiWriter } from '../../../runtime/main/adapters.ts';
import { toWriteOutcome } from '../../../runtime/main/request-outcome.ts';
import type { SpeakerSecretOptions } from '../../leadership/speaker-secret.ts';

const SECRET_OCTETS = 32;

export const createSpeakerSecret =
  (
    { client, mayWrite, timeout }: ApiWriter,
    { namespace, name }: { readonly namespace: string; readonly name: string },
  ): SpeakerSecretOptions['create'] =>
  async () =>
    toWriteOutcome(
      await client.send({
        method: 'POST',
        path: collectionPath(SECRETS, namespace),
        body: {
          ...{ apiVersion: 'v1', kind: SECRETS.kind, metadata: { name, namespace }, type: 'Opaque' },
          stringData: { secretkey: randomBytes(SECRET_OCTETS).toString('base64') },
        },
        timeout,
        mayStillSend: mayWrite,
      }),
    );
