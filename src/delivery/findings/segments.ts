/** Checks of the segments that layer 2 answers on: hosts with addresses of Services, S22, and dropped packets, S21. */

import { fieldsOf, listOf, textOf, textsOf } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import { parsePrefix, prefixContains } from '../../net/prefix.ts';
import { nameOf, statusOf } from '../../objects/metadata.ts';
import type { SpeakerCheck, SpeakerCheckResult } from './check.ts';
import { refOfRaw, speakerObjectRef } from './snapshot.ts';

const S21: SpeakerCheck = {
  code: 'S21',
  needs: ['L2Advertisement', 'SpeakerStatus', 'Node'],
  question: 'whether nodes answer on networks without their own address',
  find({ objectsOf, cluster }) {
    if (objectsOf('L2Advertisement').length === 0) return [];
    const found = objectsOf('SpeakerStatus').flatMap((raw) => {
      // The kernel has such a filter for IPv4 alone.
      const own = cluster.objects.nodes.find(({ name }) => name === nameOf(raw))?.addresses[4];
      if (own === undefined || own === null || !cluster.running.includes(nameOf(raw))) return [];
      return listOf(fieldsOf(statusOf(raw)['layer2'])['interfaces'])
        .map(fieldsOf)
        .filter(({ subnets }) => {
          const prefixes = textsOf(subnets).flatMap((text) => {
            const prefix = parsePrefix(text);
            return prefix.ok && prefix.value.family === 4 ? [prefix.value] : [];
          });
          return prefixes.length > 0 && !prefixes.some((one) => prefixContains(one, own));
        })
        .map(({ name }) => `${textOf(name)} of ${nameOf(raw)}`);
    });
    const [first] = objectsOf('L2Advertisement');
    if (found.length === 0 || first === undefined) return [];
    return [
      {
        severity: 'hint',
        object: refOfRaw(first),
        field: 'spec.interfaces',
        problem: `Nodes answer on interfaces outside of their own network: ${listSome(found)}. With a strict reverse-path filter, they drop packets whose answers leave by another interface.`,
        remedy:
          'If clients get no answer there, set net.ipv4.conf.<interface>.rp_filter to 2 on these nodes, or name other interfaces in spec.interfaces.',
      },
    ];
  },
};

const S22: SpeakerCheck = {
  code: 'S22',
  needs: ['SpeakerStatus'],
  question: 'whether other hosts use addresses of Services',
  find: ({ objectsOf, cluster }) =>
    objectsOf('SpeakerStatus').flatMap((raw) =>
      // What a speaker saw that has stopped counts no more.
      (cluster.running.includes(nameOf(raw)) ? listOf(fieldsOf(statusOf(raw)['layer2'])['conflicts']) : [])
        .map(fieldsOf)
        .map(
          (one): SpeakerCheckResult => ({
            severity: 'warning',
            object: speakerObjectRef('SpeakerStatus', nameOf(raw), cluster.namespace),
            field: 'status.layer2.conflicts',
            problem: `Another host uses ${textOf(one['address'])}: ${textOf(one['mac'])} answers for it, seen by ${nameOf(raw)} on ${textOf(one['interface'])}.`,
            remedy: 'Give that host another address, or take this one out of the pool.',
          }),
        ),
    ),
};

export const SEGMENT_CHECKS: readonly SpeakerCheck[] = [S21, S22];
