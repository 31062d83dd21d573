/** Stories of nodes that are deleted, stopped and restarted, and of what the router learns meanwhile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import {
  configurationPatch,
  DISABLED,
  exposedService,
  HEALTHY,
  MESH,
  peerPatch,
  withChanges,
} from '../support/clusters.ts';
import { history, play } from '../support/played-cluster.ts';

const RANGE = '192.168.5.0/24';
const EDGE = '192.168.5.10/32';
const EXCLUDE = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' };

const named = (kind: string, name: string, objects: readonly Raw[] = HEALTHY): Raw => {
  const found = objects.find((one) => one['kind'] === kind && (one['metadata'] as Raw)['name'] === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const NODE = named('Node', 'w2');
const moved = (on: string): Raw =>
  named('EndpointSlice', 'edge-1', exposedService('edge', { ip: '192.168.5.10', local: true, on: [on] }));

describe('a Node object is deleted while its daemons run', () => {
  it('and it still announces what it announced', () => {
    const observations = play({}, { remove: [NODE] });
    assert.deepEqual(history(RANGE, observations), [
      ['w1', 'w2'],
      ['w1', 'w2'],
    ]);
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2']]);
  });

  it('and from 3.32 on, no change of a Service reaches it', () => {
    const observations = play({}, { remove: [NODE] }, { apply: [moved('w1')] });
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], ['w1', 'w2']]);
  });

  it('and before, it follows the Services, but no BGPPeer', () => {
    const gone = named('BGPPeer', 'tor');
    const observations = play(
      { calicoVersion: 'v3.31.7' },
      { remove: [NODE] },
      { apply: [moved('w1')] },
      { remove: [gone] },
    );
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], ['w1'], []]);
    assert.deepEqual(history(RANGE, observations), [['w1', 'w2'], ['w1', 'w2'], ['w1', 'w2'], ['w2']]);
  });

  it('and before, its label to be excluded counts no longer once BGPConfiguration changes', () => {
    const objects = withChanges({ set: { 'Node/w2': { metadata: { labels: EXCLUDE } } } });
    const configuration = named(
      'BGPConfiguration',
      'default',
      withChanges(configurationPatch({ logSeverityScreen: 'Debug' })),
    );
    const steps = [{ remove: [NODE] }, { apply: [configuration] }];
    assert.deepEqual(history(RANGE, play({ objects, calicoVersion: 'v3.31.7' }, ...steps)), [
      ['w1'],
      ['w1'],
      ['w1', 'w2'],
    ]);
    assert.deepEqual(history(RANGE, play({ objects }, ...steps)), [['w1'], ['w1'], ['w1']]);
  });

  it('and the mesh closes its sessions with it', () => {
    const [, after] = play({ objects: withChanges(configurationPatch(MESH)) }, { remove: [NODE] });
    const states = (node: string) =>
      after?.nodes[node]?.sessions.map(({ peer, state }) => `${peer} ${state}`);
    assert.deepEqual(states('w2'), ['10.10.0.10 down', '10.10.0.11 down', '10.10.0.1 Established']);
    assert.deepEqual(states('w1'), ['10.10.0.10 Established', '10.10.0.1 Established']);
  });

  it('and the routes end with its daemons', () => {
    const observations = play({}, { remove: [NODE] }, { stopNode: 'w2', timing: { least: 240 } });
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], []]);
  });

  it('and a Node of its name that returns is rendered again', () => {
    const observations = play({}, { remove: [NODE] }, { apply: [moved('w1')] }, { apply: [NODE] });
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], ['w1', 'w2'], ['w1']]);
  });
});

/** Waits until so many seconds after the step have passed. */
const after = (seconds: number, step: Raw = {}): Raw => ({ ...step, timing: { least: seconds } });

describe('a node loses power', () => {
  it('and the router sends traffic there until the hold time is over', () => {
    const steps = [after(0, { stopNode: 'w2' }), after(239), after(1)];
    assert.deepEqual(history(RANGE, play({}, ...steps)), [['w1', 'w2'], ['w1', 'w2'], ['w1', 'w2'], ['w1']]);
  });

  it('and the smaller hold time of both sides counts', () => {
    const steps = [after(29, { stopNode: 'w2' }), after(1)];
    assert.deepEqual(history(RANGE, play({ routers: [{ hold: 30 }] }, ...steps)).at(-1), ['w1']);
    assert.deepEqual(history(RANGE, play({ routers: [{ hold: 300 }] }, ...steps)).at(-1), ['w1', 'w2']);
  });

  it('and with the mesh, another node passes on its routes for longer than the router has them itself', () => {
    const objects = withChanges(configurationPatch(MESH));
    const steps = [after(30, { stopNode: 'w2' }), after(210)];
    assert.deepEqual(history(EDGE, play({ objects, routers: [{ hold: 30 }] }, ...steps)), [
      ['w1', 'w2'],
      ['w1'],
      [],
    ]);
  });

  it('and it is off from the start: nobody ever had its routes', () => {
    assert.deepEqual(history(RANGE, play({ off: ['w2'] })), [['w1']]);
  });
});

describe('a BIRD is killed', () => {
  const BAD = withChanges(configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }] }));
  const breaks = { apply: [named('BGPConfiguration', 'default', BAD)] };

  it('and starts again at once: the router has its routes all the time', () => {
    const observations = play({}, { killBird: ['w2'] });
    assert.deepEqual(history(RANGE, observations), [
      ['w1', 'w2'],
      ['w1', 'w2'],
    ]);
  });

  it('and cannot start: the router keeps its routes for the restart time', () => {
    const killed = [breaks, after(119, { killBird: ['w2'] }), after(1)];
    assert.deepEqual(history(RANGE, play({}, ...killed)).slice(1), [['w1', 'w2'], ['w1', 'w2'], ['w1']]);
    const [, , observation] = play({}, ...killed);
    const session = observation?.routers['10.10.0.1']?.sessions.find(({ node }) => node === 'w2');
    assert.equal(session?.state, 'down');
    assert.deepEqual(observation?.nodes['w2']?.sessions, []);
  });

  it('and cannot start: maxRestartTime is the restart time', () => {
    const set = peerPatch({ maxRestartTime: '15s' });
    const objects = withChanges(set);
    const killed = [breaks, after(14, { killBird: ['w2'] }), after(1)];
    assert.deepEqual(history(RANGE, play({ objects }, ...killed)).slice(1), [
      ['w1', 'w2'],
      ['w1', 'w2'],
      ['w1'],
    ]);
  });

  it('and a router without graceful restart drops its routes, as every router does after a clean end', () => {
    const killed = [breaks, { killBird: ['w2'] }];
    assert.deepEqual(history(RANGE, play({ routers: [{ gracefulRestart: false }] }, ...killed)).at(-1), [
      'w1',
    ]);
    assert.deepEqual(history(RANGE, play({}, breaks, { restartBird: ['w2'] })).at(-1), ['w1']);
  });
});

describe('a BIRD starts as calico-node starts it, and a node is registered and dead', () => {
  const recovery = { bird: { recovery: true }, off: ['cp1'] };
  const objects = withChanges(configurationPatch(MESH));
  const single = withChanges(configurationPatch(DISABLED));
  const dead = named('Node', 'cp1');

  it('and it announces nothing for four minutes', () => {
    const observations = play({ ...recovery, objects }, after(239), after(1));
    assert.deepEqual(history(RANGE, observations), [[], [], ['w1', 'w2']]);
  });

  it('and the wait ends when the dead Node is deleted', () => {
    assert.deepEqual(history(RANGE, play({ ...recovery, objects }, { remove: [dead] })), [[], ['w1', 'w2']]);
  });

  it('and its kernel has no routes of Services meanwhile', () => {
    const observations = play({ ...recovery, objects: single }, after(240));
    const blackholes = observations.map(({ nodes }) => nodes['w2']?.kernel.blackholes);
    assert.deepEqual(blackholes, [[], ['192.168.5.10/32', '192.168.5.20/32']]);
  });

  it('and the mesh is off: nobody waits for it', () => {
    assert.deepEqual(history(RANGE, play(recovery)), [['w1', 'w2']]);
  });

  it('and an IPv6 peer that is down does not hold back IPv4', () => {
    const peer: Raw = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'BGPPeer',
      metadata: { name: 'six' },
      spec: { peerIP: 'fd10:10::9', asNumber: 65116 },
    };
    const dual = withChanges({
      set: Object.fromEntries(
        [11, 12].map((last, index) => [
          `Node/w${index + 1}`,
          { metadata: { annotations: { 'projectcalico.org/IPv6Address': `fd10:10::${last}/64` } } },
        ]),
      ),
      add: [peer],
    });
    assert.deepEqual(history(RANGE, play({ bird: { recovery: true }, objects: dual })), [['w1', 'w2']]);
  });

  it('and one that is killed later has its old routes at the router while it waits, and one that ends cleanly has none', () => {
    const started = after(240);
    const killed = play({ ...recovery, objects }, started, after(200, { killBird: ['w2'] }), after(40));
    assert.deepEqual(history(RANGE, killed), [[], ['w1', 'w2'], ['w1', 'w2'], ['w1', 'w2']]);
    assert.deepEqual(
      killed[2]?.nodes['w2']?.sessions.flatMap(({ sends }) => sends),
      [],
    );
    const ended = play({ ...recovery, objects }, started, after(200, { restartBird: ['w2'] }), after(40));
    assert.deepEqual(history(RANGE, ended), [[], ['w1', 'w2'], ['w1'], ['w1', 'w2']]);
  });
});
