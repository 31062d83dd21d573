/**
 * The baseline responder, a process of its own: it watches Services, and sends one PATCH with the next address for each new
 * one of its class. It has no state, no checks and no error handling.
 */

import {
  assignedBody,
  baselineAddress,
  hasAddress,
  keyOf,
  servicePath,
  THEIRS,
  WATCH_PATH,
} from '../services.ts';
import { BaselineClient } from './client.ts';

const client = new BaselineClient(JSON.parse(process.env['BENCH_ACCESS'] ?? ''));
const answered = new Set<string>();

client.watch(WATCH_PATH, (type, service) => {
  const { metadata, spec } = service;
  if (type !== 'ADDED' || spec.loadBalancerClass !== THEIRS || hasAddress(service)) return;
  if (answered.has(metadata.uid)) return;
  answered.add(metadata.uid);
  client
    .patchStatus(
      servicePath(metadata.namespace, metadata.name),
      assignedBody(service, baselineAddress(answered.size), 'baseline'),
    )
    .catch((error: Error) => process.stderr.write(`${keyOf(service)}: ${error.message}\n`));
});
process.stdout.write('ready\n');
process.once('disconnect', () => process.exit(0));
