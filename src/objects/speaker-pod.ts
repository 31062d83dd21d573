/**
 * Whether a speaker has a Pod. A SpeakerStatus stays as it is when its process is killed, and when the speakers are removed: so a
 * speaker that runs in a Pod counts only as long as there is one. A speaker outside of the cluster never has one.
 */

/** Of `status.pod` of a SpeakerStatus; null where it does not say so: an older build wrote it. */
export const readRunsInPod = (pod: unknown): boolean | null => (typeof pod === 'string' ? pod !== '' : null);

/** Where speakers of the namespace have Pods. */
export type SpeakerPods = { readonly onItsNode: boolean; readonly anywhere: boolean };

/** Whether a speaker runs only while its Pod does. Where it does not say so, all speakers run in the same way. */
export const needsPod = (runsInPod: boolean | null, { onItsNode, anywhere }: SpeakerPods): boolean =>
  onItsNode || (runsInPod ?? anywhere);
