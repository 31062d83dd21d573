/** The overview of a cluster in files: an incident's dump, or manifests that were never applied. */
import { simulateCurrent } from '../../../allocation/dry-run/plan.ts';
import { findObjectMistakes } from '../../../allocation/findings/object-findings.ts';
import { readIngressStatus } from '../../../allocation/ingress-status.ts';
import type { Millis } from '../../../base/clock.ts';
import { type Raw, textOf } from '../../../base/json.ts';
import { groupBy } from '../../../base/list.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { namespaceOf, specOf, statusOf } from '../../../objects/metadata.ts';
import { objectGroup } from '../../../objects/object-id.ts';
import { resourceKind } from '../../../objects/resource-kind.ts';
import type { Service } from '../../../objects/service.ts';
import { OVERVIEW_KINDS } from '../../../overview/kinds.ts';
import { notShown, readKind } from '../../../overview/knowledge.ts';
import { Overview } from '../../../overview/overview.ts';
import type { CliContext } from '../../framework/context.ts';
import { describeFiles, readClusterManifests } from '../../framework/files.ts';
import { withServiceAddresses } from '../calico-input.ts';
import { FileCluster } from '../file-cluster.ts';
import { manifestOptions } from '../manifest-options.ts';
import { withOldConfiguration } from '../old-configmap.ts';
import type { OpenedSource } from '../open-source.ts';
import { defaultNamespacesOf, withDefaultNamespace } from '../resource-ref.ts';
import { allocatorOptions, snapshotOf } from '../snapshot.ts';
import { judgeAnnouncing } from './judge-announcing.ts';
import { OVERVIEW_RESOURCES } from './kind-resources.ts';
import { type OverviewFlags, overviewOptions } from './options.ts';
import { arePoolsShown, isUndecided } from './undecided-services.ts';

export type FileOverviewFlags = OverviewFlags & {
  readonly file: readonly string[];
  readonly recursive: boolean;
};

export type FileOverview = {
  readonly overview: Overview;
  /** When the files were written, by what they say; else now. What was true then is judged as of then. */
  readonly wall: Millis;
  /** The same files, for questions about them. */
  readonly opened: OpenedSource;
};

export async function readFileOverview(
  context: CliContext,
  flags: FileOverviewFlags,
): Promise<Result<FileOverview, readonly string[]>> {
  const defaultNamespaces = defaultNamespacesOf(flags, null);
  const files = await readClusterManifests(flags.file, manifestOptions(context, flags, defaultNamespaces));
  const read = files.ok ? await withOldConfiguration(files.value, flags['pool-namespace']) : files;
  if (!read.ok) return read;
  const now = context.clock.wall();
  const description = describeFiles(flags.file);
  const cluster = new FileCluster(read.value, { description, defaultNamespaces, wall: now });
  const state = await cluster.readState();
  if (!state.ok) return err([state.error]);
  const objects = read.value.map(({ object }) => withDefaultNamespace(object, defaultNamespaces));
  const stored = [...state.value.services.values()];
  const isDryRun = stored.every(isUndecided);
  const decided = stored.some(isUndecided)
    ? [...simulateCurrent(snapshotOf(state.value, flags), allocatorOptions(flags), now).services.values()]
    : [];
  const services = isDryRun ? decided : stored;
  const overview = new Overview(
    overviewOptions(flags, {
      source: description,
      servicesFrom: isDryRun ? 'dryRun' : 'status',
      notRead: state.value.unread,
    }),
  );
  overview.setExternalClaims(snapshotOf(state.value, flags).externalClaims);
  putObjects(overview, objects, flags['pool-namespace']);
  putServices(overview, services, flags.namespace);
  if (!isDryRun && arePoolsShown(objects)) for (const service of decided) overview.foreseeService(service);
  const shown = isDryRun ? withAddressesOf(services, objects) : objects;
  const { calico, speakers } = judgeAnnouncing(
    { objects: shown, isLive: false, speakers: { objects: shown } },
    flags,
    { wall: newestTime(objects) },
  );
  // Annotations are found in the decoded Services, of a live cluster, too.
  overview.setObjectFindings(findObjectMistakes(objects).filter(({ code }) => code !== 'A4'));
  overview.setCalico(calico);
  overview.setSpeakers(speakers);
  const opened = { source: cluster, defaultNamespaces, reading: null };
  return ok({ overview, wall: newestTime(objects) ?? now, opened });
}

/** Of kinds of the controller's namespace, only those in it. */
export function putObjects(overview: Overview, objects: readonly Raw[], namespace: string): void {
  const byKind = groupBy(objects, groupAndKind);
  for (const kind of OVERVIEW_KINDS) {
    const { namespaced, group } = OVERVIEW_RESOURCES[kind];
    const found = (byKind.get(`${group}/${kind}`) ?? []).filter(
      (raw) => !namespaced || (namespaceOf(raw) || namespace) === namespace,
    );
    overview.setKind(
      kind,
      found.length === 0 ? notShown(kind) : readKind(kind, found, namespaced ? namespace : null),
    );
  }
}

const groupAndKind = (raw: Raw): string => `${objectGroup(raw)}/${textOf(raw['kind'])}`;

/** `namespace` is '' for all. */
function putServices(overview: Overview, services: readonly Service[], namespace: string): void {
  const shown = services.filter(({ key }) => namespace === '' || key.startsWith(`${namespace}/`));
  for (const service of shown) overview.putService(service);
  const { reading } = readKind('Service', [], namespace === '' ? null : namespace);
  overview.setServicesReading(
    services.length === 0 ? notShown('Service').reading : { ...reading, objects: shown.length },
  );
}

const withAddressesOf = (services: readonly Service[], objects: readonly Raw[]): readonly Raw[] =>
  withServiceAddresses(objects, new Map(services.map((one) => [one.key, readIngressStatus(one).addresses])));

/** Null where no object says it. */
function newestTime(objects: readonly Raw[]): Millis | null {
  const times = objects
    .flatMap((raw) => {
      const kind = resourceKind(raw);
      if (kind === 'Lease') return [textOf(specOf(raw)['renewTime'])];
      return kind === 'SpeakerStatus' ? [textOf(statusOf(raw)['time'])] : [];
    })
    .map((time) => Date.parse(time))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? null : Math.max(...times);
}
