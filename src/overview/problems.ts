/** All problems of a cluster, from the checks of each part. */
import type { AllocationContext } from '../allocation/context.ts';
import type { Millis } from '../base/clock.ts';
import type { PoolSet } from '../config/pool/pool-set.ts';
import type { FindingOf } from '../findings/finding.ts';
import type { ServerVersion } from '../objects/server-version.ts';
import type { AnnouncingOverview } from './announcing-document.ts';
import type { CalicoFacts } from './calico-overview.ts';
import { configurationProblems } from './configuration-problems.ts';
import { controllerProblems } from './controller-overview.ts';
import type { PoolOverview } from './document.ts';
import { explainedAddresses, withFindings } from './finding-problems.ts';
import type { KindLookup } from './kinds.ts';
import type { Known } from './knowledge.ts';
import type { OverviewServices } from './overview-services.ts';
import { poolProblems } from './pools-overview.ts';
import type { Problem } from './problem.ts';
import type { Programs } from './programs.ts';
import { serviceProblems } from './service-problems.ts';
import type { SpeakerFindings } from './speaker-findings.ts';
import { layer2Problems, speakerProblems } from './speaker-problems.ts';
import { serverProblems, versionProblems } from './version-problems.ts';

export type ProblemInput = {
  /** Null where it is not known. */
  readonly server: ServerVersion | null;
  readonly kindOf: KindLookup;
  readonly namespace: string;
  readonly programs: Programs;
  readonly announcing: AnnouncingOverview;
  /** Null where pools could not be read. */
  readonly pools: readonly PoolOverview[] | null;
  readonly poolSet: PoolSet;
  /** Null where Services could not be read. */
  readonly services: OverviewServices | null;
  readonly allocation: AllocationContext | null;
  readonly calico: Known<CalicoFacts | null>;
  readonly speakers: Known<SpeakerFindings | null>;
  /** Mistakes in objects as they are written. */
  readonly objectFindings: readonly FindingOf<string>[];
};

/** In no order. */
export function findProblems(input: ProblemInput, wall: Millis): readonly Problem[] {
  const { kindOf, namespace, programs, announcing, pools, services, allocation } = input;
  const findings = [
    ...input.objectFindings,
    ...(input.calico.known ? (input.calico.value?.findings ?? []) : []),
    ...(input.speakers.known ? (input.speakers.value?.findings ?? []) : []),
  ];
  const own = [
    ...controllerProblems(programs.controller, { pods: programs.pods, namespace }),
    ...(kindOf('IPAddressPool').reading.state === 'absent' ? [CRD_MISSING] : []),
    ...serverProblems(input.server),
    ...versionProblems(programs.pods, namespace),
    ...(pools === null ? [] : poolProblems(input.poolSet, pools, { namespace })),
    ...configurationProblems(
      {
        states: kindOf('ConfigurationState').objects,
        advertisements: kindOf('BGPAdvertisement').objects,
        layer2: kindOf('L2Advertisement').objects,
        communities: kindOf('Community').objects,
        bfdProfiles: kindOf('BFDProfile').objects,
        pools: kindOf('IPAddressPool').objects,
      },
      { namespace },
    ),
    ...(services === null
      ? []
      : serviceProblems(
          {
            ...services.problemSource,
            occupancy: services.occupancy,
            isPool: (name) => input.poolSet.byName.has(name),
            ...{ allocation, namespace },
            // Of the speakers' addresses, the condition says which node and why: that stays beside the finding.
            explained: explainedAddresses(input.calico.known ? (input.calico.value?.findings ?? []) : []),
          },
          wall,
        )),
    ...(services?.unreadAnnotations.problems(namespace) ?? []),
    ...speakerProblems(announcing.speakers ?? [], { namespace, wall }),
    ...(announcing.layer2 === null ? [] : layer2Problems(announcing.layer2, { namespace })),
  ];
  return withFindings(own, findings);
}

const CRD_MISSING: Problem = {
  ...{ code: 'CrdMissing', severity: 'error', object: null, count: 1, command: 'crds' },
  says: 'The cluster does not serve IPAddressPool, so there are no pools.',
  fix: 'Install the CustomResourceDefinitions: berth crds | kubectl apply -f -',
};
