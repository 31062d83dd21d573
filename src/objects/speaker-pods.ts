/** The Pods of the speakers, as a fix names them: Berth's, and MetalLB's by their newer label. */

/** The command that shows them with their nodes; `namespace` is null where it is not known. */
export const showSpeakerPods = (namespace: string | null): string =>
  `kubectl get pods ${namespace === null ? '-A' : `-n ${namespace}`} -o wide -l app.kubernetes.io/component=speaker`;
