/** Plans an edit: what the speakers announce and withdraw when it is made, and when they restart after it. */
import { formatObjectIssue } from '../../announce/config/object-issue.ts';
import type { Raw } from '../../base/json.ts';
import { objectId } from '../../objects/object-id.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { configurationErrors } from '../announcements.ts';
import { type AnnouncedState, announcedState } from '../deliveries.ts';
import { explainDelivery } from '../explanation.ts';
import { readSpeakerCluster, type SpeakerCluster, type SpeakerClusterOptions } from '../speaker-cluster.ts';
import {
  type AnnouncementChanges,
  announcementChanges,
  hasAnnouncementChanges,
  losesAnnouncements,
  type UnreachedAddress,
} from './announcement-changes.ts';
import { type RestartCauses, restartCauses } from './restart-causes.ts';
import { knownToSpeakers, resumedSpeakers, withResumed } from './resumed-speakers.ts';

/** An address that nothing leads to afterwards, with the reason. */
export type ExplainedAddress = UnreachedAddress & { readonly says: string; readonly fix: string | null };

export type RestartPlan = { readonly changes: AnnouncementChanges; readonly causes: RestartCauses };

export type AnnouncementPlan = {
  readonly changes: AnnouncementChanges;
  /** The reason for each of `changes.unreached`, in their order. */
  readonly unreached: readonly ExplainedAddress[];
  /** What changes once more when the speakers restart, since they forget what they kept in use; null for nothing. */
  readonly restart: RestartPlan | null;
  /** What the speakers reject after the edit, and did not before: sentences. */
  readonly rejected: readonly string[];
  /** Objects that are invalid already, whose last valid version nobody but the speakers knows: `BGPPeer tor`. */
  readonly alreadyInvalid: readonly string[];
};

/** A cluster before and after an edit, decoded once. */
export type EditedCluster = {
  readonly before: SpeakerCluster;
  readonly after: SpeakerCluster;
  /** Nodes whose speakers have drained, and announce again after the edit. */
  readonly resumed: readonly string[];
};

/**
 * `before` and `after` are the objects of the cluster, with the addresses of Services that the controller gives them. `deleted` are
 * objects that the edit deletes, though `before` may not show them.
 */
export const readEditedCluster = (
  before: readonly Raw[],
  after: readonly Raw[],
  options: SpeakerClusterOptions,
  deleted: readonly Raw[] = [],
): EditedCluster => {
  const resumed = resumedSpeakers(before, after);
  return {
    before: readSpeakerCluster(before, options),
    after: readSpeakerCluster(withResumed(after, resumed), {
      ...options,
      completeKinds: kindsShown(before, options),
      deleted: [...deleted, ...deletedObjects(before, after)],
    }),
    resumed,
  };
};

export function planAnnouncements(cluster: EditedCluster): AnnouncementPlan {
  const { edited, ...plan } = planOfRunning(cluster);
  return { ...plan, restart: planOfRestart(cluster.after, edited) };
}

function planOfRestart(cluster: SpeakerCluster, running: AnnouncedState): RestartPlan | null {
  const changes = announcementChanges(running, announcedState(cluster, running, 'restarted'));
  if (!hasAnnouncementChanges(changes)) return null;
  return { changes, causes: restartCauses(changes, running.announcements, cluster.services) };
}

/** What was announced before is held no longer than this: in a large cluster, each state takes a hundred megabytes. */
function planOfRunning({
  before,
  after,
  resumed,
}: EditedCluster): Omit<AnnouncementPlan, 'restart'> & { readonly edited: AnnouncedState } {
  const now = announcedState(before, null);
  const bgp = knownToSpeakers(before, now.announcements.bgp, resumed);
  const edited = announcedState(after, { ...now, announcements: { ...now.announcements, bgp } });
  const changes = announcementChanges(now, edited);
  const known = new Set(errorsIn(now).map(({ text }) => text));
  return {
    ...{ edited, changes },
    unreached: changes.unreached.map((one) => explained(one, after, edited)),
    rejected: errorsIn(edited)
      .map(({ text }) => text)
      .filter((text) => !known.has(text)),
    alreadyInvalid: [...new Set(errorsIn(now).map(({ object }) => object))],
  };
}

/** Kinds of which the model assumes objects where it is given none at all. */
const ASSUMED_KINDS = ['Community', 'BFDProfile', 'EndpointSlice'];

/** Of kinds whose objects are assumed one by one, such as Secrets, those that the edit deletes. */
function deletedObjects(before: readonly Raw[], after: readonly Raw[]): readonly Raw[] {
  const left = new Set(after.map(objectId));
  return before.filter((raw) => !left.has(objectId(raw)));
}

/** What was shown before the edit and is not shown after it was deleted: nothing is assumed in its place. */
function kindsShown(before: readonly Raw[], { completeKinds }: SpeakerClusterOptions): ReadonlySet<string> {
  const shown = new Set(before.map(resourceKind));
  return new Set([...completeKinds, ...ASSUMED_KINDS.filter((kind) => shown.has(kind))]);
}

/** Whether it takes traffic away or interrupts it, at once or at the next restart of the speakers. */
export const disruptsAnnouncements = ({ changes, restart }: AnnouncementPlan): boolean =>
  losesAnnouncements(changes) || (restart !== null && losesAnnouncements(restart.changes));

const errorsIn = ({ announcements }: AnnouncedState) =>
  configurationErrors(announcements).map((one) => ({
    text: formatObjectIssue(one).replaceAll('\n', '; '),
    object: `${one.kind} ${one.name}`,
  }));

function explained(one: UnreachedAddress, cluster: SpeakerCluster, state: AnnouncedState): ExplainedAddress {
  const { says, fix } = explainDelivery(cluster, state, one.service);
  return { ...one, says, fix };
}
