/** Input of `berth doctor`: objects from files, or from the live cluster. */
import { type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { SnapshotOptions } from '../../calico/findings/snapshot.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';
import { isWithoutCalico } from '../cluster/calico-input.ts';
import { DOCTOR_KINDS } from '../cluster/calico-kinds.ts';
import { readCalicoObjects } from '../cluster/calico-objects.ts';
import { type ConnectionFlags, withConnection } from '../cluster/connection.ts';
import { describeFiles } from '../cluster/open-source.ts';
import { withDefaultNamespace } from '../cluster/resource-ref.ts';
import { misspelledKinds } from '../cluster/suggestions.ts';
import type { CliContext } from '../framework/context.ts';
import { readManifests } from '../framework/files.ts';

export type DoctorInput = Pick<SnapshotOptions, 'complete' | 'read' | 'forbidden'> & {
  readonly description: string;
  readonly objects: readonly Raw[];
  /** Sentences about objects that could not be read. */
  readonly unread: readonly string[];
  /** Something could not be read: kinds of the live cluster, or objects of a misspelled kind. */
  readonly isPartial: boolean;
};

export async function readDoctorFiles(
  {
    file: files,
    complete,
    recursive,
  }: { readonly file: readonly string[]; readonly complete: boolean; readonly recursive: boolean },
  context: CliContext,
): Promise<Result<DoctorInput, readonly string[]>> {
  const read = await readManifests(files, { stdin: context.stdin, recursive });
  if (!read.ok) return read;
  const defaultNamespaces = { services: 'default', pools: DEFAULT_NAMESPACE };
  const objects = read.value.map(({ object }) => withDefaultNamespace(object, defaultNamespaces));
  const unread = misspelledKinds(
    objects.map((raw) => textOf(raw['kind'])),
    DOCTOR_KINDS,
  );
  return ok({
    ...{ description: describeFiles(files), objects, complete, unread },
    isPartial: unread.length > 0,
  });
}

const NO_CALICO =
  'Calico is not installed: there is no object of projectcalico.org and no DaemonSet calico-node. Where speakers of Berth advertise, use "berth bgp why SERVICE"';

export type DoctorClusterFlags = ConnectionFlags & {
  readonly 'calico-namespace': string;
  readonly 'read-secrets': boolean;
};

export async function readDoctorCluster(
  flags: DoctorClusterFlags,
  context: CliContext,
): Promise<Result<DoctorInput, readonly string[]>> {
  const result = await withConnection(
    context,
    flags,
    async ({ sender, description, progress }): Promise<Result<DoctorInput, string>> => {
      const readResult = await readCalicoObjects({
        ...{ sender, progress },
        readSecrets: flags['read-secrets'],
        namespace: flags['calico-namespace'],
      });
      if (typeof readResult === 'string') return err(readResult);
      const { objects, read, unread } = readResult;
      if (unread.size === 0 && isWithoutCalico(objects)) return err(NO_CALICO);
      const forbidden = new Set(unread.keys());
      return ok({
        ...{ description, objects, read, forbidden },
        unread: [...unread.values()],
        isPartial: unread.size > 0,
      });
    },
  );
  return result.ok ? result : err([result.error]);
}
