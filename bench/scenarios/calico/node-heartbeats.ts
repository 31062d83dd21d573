/** Measures an hour of heartbeats of five hundred nodes: none of them may cause a computation of the model. */
import { sameNodeObject } from '../../../src/controller/announced/calico/model-objects.ts';
import { decodeNode, type Node } from '../../../src/objects/node.ts';
import { LARGE, nodeOf } from '../../support/calico/cluster.ts';
import { note, type Row, spread } from '../../support/figures.ts';

const RUNS = 3;
const SECONDS = 3600;
/** The interval of kubelets without leases; with leases it is five minutes. */
const EVERY_SECONDS = 10;

type Hour = {
  readonly changes: number;
  readonly heartbeats: number;
  readonly ratio: number;
  readonly spent: number;
};

export function calicoHeartbeats(): readonly Row[] {
  const hours = Array.from({ length: RUNS }, hour);
  const changes = hours.map((one) => one.changes);
  note(`${hours[0]?.heartbeats} heartbeats: ${spread(hours.map(({ spent }) => spent / 1000))} s`);
  return [
    {
      figure: `an hour of heartbeats of ${LARGE.nodes} nodes, one each in ${EVERY_SECONDS} s: how many cause a computation`,
      goal: '0',
      seen: spread(changes),
      met: changes.every((count) => count === 0),
    },
    {
      figure: 'the same: processing a heartbeat ÷ JSON.parse of its text',
      goal: '',
      seen: spread(hours.map(({ ratio }) => ratio)),
      met: null,
    },
  ];
}

function hour(): Hour {
  const known = Array.from({ length: LARGE.nodes }, (_, i) => decodeNode(nodeOf(i)));
  let [changes, heartbeats, parsing, comparing] = [0, 0, 0, 0];
  for (let second = 0; second < SECONDS; second += EVERY_SECONDS) {
    const at = new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
    const texts = known.map((_, i) => JSON.stringify(nodeOf(i, at)));
    const startedAt = performance.now();
    const objects = texts.map((text) => JSON.parse(text));
    const parsed = performance.now();
    for (const [i, object] of objects.entries())
      if (!sameNodeObject(decodeNode(object), known[i] as Node)) changes++;
    comparing += performance.now() - parsed;
    parsing += parsed - startedAt;
    heartbeats += objects.length;
  }
  return { changes, heartbeats, ratio: comparing / parsing, spent: comparing };
}
