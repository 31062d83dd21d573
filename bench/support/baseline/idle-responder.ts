/**
 * A responder that shares nothing with the controller's load: it watches the given Services only, and sends one PATCH for
 * each new one of the baseline's class. What its Services wait is the API server's, and the network's.
 */
import { assignedBody, baselineAddress, hasAddress, servicePath, THEIRS } from '../services.ts';
import type { BaselineClient } from './client.ts';

/** Returns the end of it. */
export function startIdleResponder(baseline: BaselineClient, watchPath: string): () => void {
  let answered = 0;
  return baseline.watch(watchPath, (type, service) => {
    const { metadata, spec } = service;
    if (type !== 'ADDED' || spec.loadBalancerClass !== THEIRS || hasAddress(service)) return;
    void baseline.patchStatus(
      servicePath(metadata.namespace, metadata.name),
      assignedBody(service, baselineAddress(answered++), 'baseline'),
    );
  });
}
