/** Input of `berth doctor`: objects from files, or from the live cluster. */
import { err, ok, type Result } from '../../base/result.ts';
import type { AnnouncingInput } from '../cluster/announcing-diagnosis.ts';
import { DOCTOR_KINDS } from '../cluster/calico-kinds.ts';
import { readCalicoObjects } from '../cluster/calico-objects.ts';
import { ClusterReading } from '../cluster/cluster-reading.ts';
import { type ConnectionFlags, withConnection } from '../cluster/connection.ts';
import { manifestOptions } from '../cluster/manifest-options.ts';
import { withDefaultNamespace } from '../cluster/resource-ref.ts';
import { ANNOUNCING_KINDS, hasSpeakers } from '../cluster/speaker-input.ts';
import { readSpeakerObjects, type SpeakerObjects } from '../cluster/speaker-objects.ts';
import { misspelledObjects } from '../cluster/suggestions.ts';
import type { CliContext } from '../framework/context.ts';
import { describeFiles, readClusterManifests } from '../framework/files.ts';
import { fileServiceFindings, liveServiceFindings, type ServiceFindings } from './service-findings.ts';

export type DoctorInput = AnnouncingInput & {
  readonly description: string;
  readonly services: ServiceFindings;
  /** Sentences about objects that could not be read. */
  readonly unread: readonly string[];
  /** Something could not be read: kinds of the live cluster, or objects of a misspelled kind. */
  readonly isPartial: boolean;
};

export type DoctorFileFlags = {
  readonly file: readonly string[];
  readonly complete: boolean;
  readonly recursive: boolean;
  readonly 'speaker-namespace': string;
  readonly 'lb-class': string;
};

export async function readDoctorFiles(
  { file: files, complete, recursive, 'speaker-namespace': pools, 'lb-class': lbClass }: DoctorFileFlags,
  context: CliContext,
): Promise<Result<DoctorInput, readonly string[]>> {
  const defaultNamespaces = { services: 'default', pools };
  const read = await readClusterManifests(files, manifestOptions(context, { recursive }, defaultNamespaces));
  if (!read.ok) return read;
  const objects = read.value.map(({ object }) => withDefaultNamespace(object, defaultNamespaces));
  const unread = misspelledObjects(objects, DOCTOR_KINDS);
  return ok({
    ...{ description: describeFiles(files), objects, complete, unread },
    isPartial: unread.length > 0,
    isLive: false,
    speakers: { objects },
    services: await fileServiceFindings(objects, {
      ...{ complete, namespace: pools, lbClass, wall: context.clock.wall() },
    }),
  });
}

export type DoctorClusterFlags = ConnectionFlags & {
  readonly 'calico-namespace': string;
  readonly 'read-secrets': boolean;
  readonly 'speaker-namespace': string;
  readonly 'lb-class': string;
};

export async function readDoctorCluster(
  flags: DoctorClusterFlags,
  context: CliContext,
): Promise<Result<DoctorInput, readonly string[]>> {
  const result = await withConnection(
    context,
    flags,
    async (connection): Promise<Result<DoctorInput, string>> => {
      const reading = new ClusterReading({ ...connection, namespace: flags['speaker-namespace'] });
      const readResult = await readCalicoObjects({
        reading,
        readSecrets: flags['read-secrets'],
        namespace: flags['calico-namespace'],
      });
      if (typeof readResult === 'string') return err(readResult);
      const { objects, read } = readResult;
      const speakers = await readSpeakerObjects({ reading });
      const missing = concernsSpeakers(speakers, flags['speaker-namespace']) ? speakers.unread : [];
      const unread = new Map([...readResult.unread, ...missing]);
      return ok({
        ...{ description: reading.description, objects, read, isLive: true },
        forbidden: new Set(readResult.unread.keys()),
        speakers: { ...speakers, forbidden: new Set(speakers.unread.keys()) },
        services: liveServiceFindings(objects, {
          ...{
            namespace: flags['speaker-namespace'],
            lbClass: flags['lb-class'],
            wall: context.clock.wall(),
          },
        }),
        unread: [...new Set(unread.values())],
        isPartial: unread.size > 0,
      });
    },
  );
  return result.ok ? result : err([result.error]);
}

/** Speakers announce, or that is not known: without any, nobody misses the objects that they would read. */
const concernsSpeakers = ({ objects, unread }: SpeakerObjects, namespace: string): boolean =>
  hasSpeakers(objects, namespace) || [...ANNOUNCING_KINDS].some((kind) => unread.has(kind));
