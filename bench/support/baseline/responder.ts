/**
 * The bare responder, a process of its own as the controller is one: a watch, and for each new Service of its
 * class one PATCH with the next address. It keeps no books, asks nobody and survives nothing.
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

const bare = new BaselineClient(JSON.parse(process.env['BENCH_ACCESS'] ?? ''));
const answered = new Set<string>();

bare.watch(WATCH_PATH, (type, service) => {
  const { metadata, spec } = service;
  if (type !== 'ADDED' || spec.loadBalancerClass !== THEIRS || hasAddress(service)) return;
  if (answered.has(metadata.uid)) return;
  answered.add(metadata.uid);
  bare
    .patchStatus(
      servicePath(metadata.namespace, metadata.name),
      assignedBody(service, baselineAddress(answered.size), 'bare'),
    )
    .catch((error: Error) => process.stderr.write(`${keyOf(service)}: ${error.message}\n`));
});
process.stdout.write('ready\n');
process.once('disconnect', () => process.exit(0));
