/** What a speaker leaves alone while others may start at the same time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import {
  FIRST_CLAIM_WAIT,
  RESTART_WAIT,
  StartingSpeakers,
} from '../../../src/speaker/layer2/starting-speakers.ts';
import { node, pool, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { layer2Advertisement, layer2State, nic, ownersOf } from '../../layer2/support/layer2-cluster.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** n1 is elected for all three; n2 and n3 had one each. */
const STATE = layer2State(
  [
    ...[node('n1'), node('n2'), node('n3'), pool('main', ['10.0.0.0/24']), layer2Advertisement('all')],
    ...serviceWithEndpoint('new', '10.0.0.1'),
    ...serviceWithEndpoint('of-n2', '10.0.0.2'),
    ...serviceWithEndpoint('of-n3', '10.0.0.3'),
  ],
  { alive: aliveAlways(['n1']), recorded: { 'web/of-n2': 'n2', 'web/of-n3': 'n3' } },
);

/** Nobody has the interface: of the nodes that this one knows, it is the first. */
const WITHOUT_INTERFACE = layer2State(
  [
    ...[node('n1'), pool('main', ['10.0.0.0/24']), layer2Advertisement('all', { interfaces: ['eth9'] })],
    ...serviceWithEndpoint('new', '10.0.0.1'),
  ],
  { interfaces: { n1: [nic('eth0')] } },
);

class Started {
  readonly clock = new FakeClock();
  changes = 0;
  readonly #starting = new StartingSpeakers({
    ...{ clock: this.clock, node: 'n1' },
    changed: () => {
      this.changes += 1;
    },
  });

  /** The Services that it takes while these speakers do not run. */
  takes(...expected: readonly string[]): readonly string[] {
    return Object.keys(ownersOf(this.#starting.ownable(STATE, new Set(expected)))).map((key) =>
      key.slice('web/'.length),
    );
  }

  /** Whether it says that nobody has the interface, while these speakers do not run. */
  reportsFailure(...expected: readonly string[]): boolean {
    const [election] = this.#starting.ownable(WITHOUT_INTERFACE, new Set(expected)).elections;
    return election?.withoutInterface === 'n1';
  }

  stop(): void {
    this.#starting.stop();
  }
}

describe('a speaker that has started', () => {
  it('takes all where everybody else runs, or has never run', () => {
    assert.deepEqual(new Started().takes(), ['new', 'of-n2', 'of-n3']);
  });

  it('leaves its addresses to an owner that does not run yet, and claims nothing that nobody had', () => {
    assert.deepEqual(new Started().takes('n2', 'n3'), []);
  });

  it('waits for each owner until it runs', () => {
    const started = new Started();
    started.takes('n2', 'n3');
    assert.deepEqual(started.takes('n3'), ['of-n2'], 'the election knows that n2 runs');
    assert.deepEqual(started.takes('n2', 'n3'), ['of-n2'], 'what stops later is no start');
  });

  it('claims what nobody had as soon as all run', () => {
    const started = new Started();
    assert.deepEqual(started.takes('n4'), ['of-n2', 'of-n3'], 'n4 is new');
    assert.deepEqual(started.takes(), ['new', 'of-n2', 'of-n3']);
    assert.deepEqual(started.takes('n4'), ['new', 'of-n2', 'of-n3'], 'what stops later is no start');
  });

  it('does not say that nobody has the interface before it knows who runs', () => {
    const started = new Started();
    assert.equal(started.reportsFailure('n2'), false, 'n2 would say it as well');
    started.clock.advance(FIRST_CLAIM_WAIT);
    assert.equal(started.reportsFailure('n2'), true, 'it does not start');
    assert.equal(new Started().reportsFailure(), true, 'it is alone');
  });

  it('claims it after a short time also where one of them does not start', () => {
    const started = new Started();
    started.takes('n2', 'n3');
    started.clock.advance(FIRST_CLAIM_WAIT - 1);
    assert.deepEqual(started.takes('n2', 'n3'), []);
    assert.equal(started.changes, 0);
    started.clock.advance(1);
    assert.equal(started.changes, 1);
    assert.deepEqual(started.takes('n2', 'n3'), ['new']);
  });

  it('waits for owners for a limited time', () => {
    const started = new Started();
    started.takes('n2', 'n3');
    started.clock.advance(RESTART_WAIT - 1);
    assert.deepEqual(started.takes('n2', 'n3'), ['new']);
    started.clock.advance(1);
    assert.equal(started.changes, 2);
    assert.deepEqual(started.takes('n2', 'n3'), ['new', 'of-n2', 'of-n3']);
  });

  it('waits for nobody that ran when it started', () => {
    const started = new Started();
    started.takes();
    assert.deepEqual(started.takes('n2'), ['new', 'of-n2', 'of-n3']);
  });

  it('says nothing more when it has stopped', () => {
    const started = new Started();
    started.takes('n2');
    started.stop();
    started.clock.advance(RESTART_WAIT);
    assert.equal(started.changes, 0);
  });
});
