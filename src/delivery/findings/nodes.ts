/** Checks of nodes: the exclude label, S9, and nodes whose speaker does not run, S20. */

import { listSome } from '../../base/text.ts';
import { nameOf, statusOf } from '../../objects/metadata.ts';
import { EXCLUDE_LABEL } from '../../objects/node.ts';
import { showSpeakerPods } from '../../objects/speaker-pods.ts';
import type { SpeakerCheck } from './check.ts';
import { patchOfRaw, refOfRaw, speakerObjectRef } from './snapshot.ts';

const S9: SpeakerCheck = {
  code: 'S9',
  needs: ['Node'],
  question: 'which nodes are excluded',
  find({ cluster, objectsOf }) {
    if (cluster.flags.ignoreExcludeLabel) return [];
    const excluded = new Set(
      cluster.objects.nodes.filter(({ isExcluded }) => isExcluded).map(({ name }) => name),
    );
    const raws = objectsOf('Node').filter((raw) => excluded.has(nameOf(raw)));
    const [first] = raws;
    if (first === undefined) return [];
    const names = raws.map(nameOf);
    return [
      {
        severity: 'hint',
        object: refOfRaw(first),
        field: `metadata.labels["${EXCLUDE_LABEL}"]`,
        problem: `${listSome(names)} ${names.length === 1 ? 'announces' : 'announce'} nothing: the label ${EXCLUDE_LABEL} excludes ${names.length === 1 ? 'it' : 'them'}. kubeadm sets it on nodes of the control plane.`,
        remedy: `Take the label off, or run the speakers with --ignore-exclude-lb: kubectl label node ${names[0]} ${EXCLUDE_LABEL}-`,
        edits: raws.map((raw) => patchOfRaw(raw, { metadata: { labels: { [EXCLUDE_LABEL]: null } } })),
        concerns: raws.map(refOfRaw),
        explains: ({ refusals }) => refusals.has('nodeLabeledExcludeBalancers'),
      },
    ];
  },
};

const S20: SpeakerCheck = {
  code: 'S20',
  needs: ['Node', 'SpeakerStatus'],
  question: 'on which nodes a speaker runs',
  find({ cluster, objectsOf, starting }) {
    const stopped = objectsOf('SpeakerStatus').filter(
      (raw) => statusOf(raw)['phase'] === 'stopped' && !starting.includes(nameOf(raw)),
    );
    const names = stopped.map(nameOf).filter((name) => objectsOf('Node').some((raw) => nameOf(raw) === name));
    const [first] = names;
    if (first === undefined) return [];
    return [
      {
        severity: 'warning',
        object: speakerObjectRef('SpeakerStatus', first, cluster.namespace),
        field: 'status.phase',
        problem: `The speaker of ${listSome(names)} has ended, so ${names.length === 1 ? 'this node announces' : 'these nodes announce'} nothing.`,
        remedy: `See why it does not start again: ${showSpeakerPods(cluster.namespace)}`,
        explains: () => cluster.running.length === 0,
      },
    ];
  },
};

export const NODE_CHECKS: readonly SpeakerCheck[] = [S9, S20];
