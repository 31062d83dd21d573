import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PATIENCE, UnansweredLayer2 } from '../../../src/controller/pools/unanswered-layer2.ts';
import type { ControllerEvent } from '../../../src/controller/ports.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const pool = (name: string, labels: Record<string, string> = {}) => ({ name, uid: `uid-${name}`, labels });
const advertisement = (name: string, pools: readonly string[] = []) => ({
  ...{ name, uid: `uid-${name}` },
  ...{ pools, poolSelectors: [] },
});

function createHarness() {
  const clock = new FakeClock();
  const sent: string[] = [];
  const cluster = {
    pools: [pool('web'), pool('other')],
    advertisements: [advertisement('l2', ['web'])],
    leads: true,
  };
  const warnings = new UnansweredLayer2({
    ...{ clock, namespace: 'metallb-system' },
    pools: () => cluster.pools,
    advertisements: () => cluster.advertisements,
    isLeading: () => cluster.leads,
    events: ({ regarding, event }: ControllerEvent) =>
      sent.push(`${event.reason} ${regarding.kind} ${regarding.name}: ${event.message}`),
  });
  return { clock, sent, cluster, warnings };
}

describe('a pool that only an L2Advertisement covers, and nobody answers for', () => {
  it('has an Event, and so has the advertisement, each once', async () => {
    const { clock, sent, warnings } = createHarness();
    warnings.changed(new Set(['web']));
    await clock.advanceAsync(PATIENCE);
    warnings.changed(new Set(['web']));
    await clock.advanceAsync(PATIENCE);
    assert.equal(sent.length, 2);
    assert.match(sent[0] ?? '', /^NotAnnounced IPAddressPool web: Only an L2Advertisement covers this pool/);
    assert.match(sent[1] ?? '', /^NotAnnounced L2Advertisement l2: No speaker of Berth .* pool web: nobody/);
    for (const one of sent) assert.match(one, /Apply deploy\/layer2.* or add a BGPAdvertisement/);
    assert.equal(clock.pending, 0);
  });

  it('has none where speakers or a BGPAdvertisement come in time', async () => {
    const { clock, sent, warnings } = createHarness();
    warnings.changed(new Set(['web']));
    await clock.advanceAsync(PATIENCE - 1);
    warnings.changed(new Set());
    await clock.advanceAsync(PATIENCE);
    assert.deepEqual([sent, clock.pending], [[], 0]);
  });

  it('has another after it was covered in between', async () => {
    const { clock, sent, warnings } = createHarness();
    for (const pools of [['web'], [], ['web']]) {
      warnings.changed(new Set(pools));
      await clock.advanceAsync(PATIENCE);
    }
    assert.equal(sent.length, 4);
  });

  it('gives an advertisement that comes later its own time', async () => {
    const { clock, sent, cluster, warnings } = createHarness();
    warnings.changed(new Set(['web']));
    await clock.advanceAsync(PATIENCE - 1);
    cluster.advertisements.push(advertisement('late'));
    warnings.changed(new Set(['web']));
    await clock.advanceAsync(1);
    assert.equal(sent.length, 2);
    await clock.advanceAsync(PATIENCE);
    assert.match(sent[2] ?? '', /L2Advertisement late/);
  });

  it('is not reported by a standby, and by a leader as soon as it leads long enough', async () => {
    const { clock, sent, cluster, warnings } = createHarness();
    cluster.leads = false;
    warnings.changed(new Set(['web']));
    await clock.advanceAsync(PATIENCE);
    assert.deepEqual([sent, clock.pending], [[], 0]);
    cluster.leads = true;
    warnings.review();
    await clock.advanceAsync(PATIENCE);
    assert.equal(sent.length, 2);
  });

  it('is unknown while lists are missing, and nothing is sent after the stop', async () => {
    const { clock, sent, warnings } = createHarness();
    warnings.changed(null);
    await clock.advanceAsync(PATIENCE);
    warnings.changed(new Set(['web']));
    warnings.stop();
    await clock.advanceAsync(PATIENCE);
    assert.deepEqual(sent, []);
  });

  it('from the old ConfigMap is no object that an Event could be about', async () => {
    const { clock, sent, cluster, warnings } = createHarness();
    cluster.pools = [{ ...pool('web'), uid: '' }];
    cluster.advertisements = [{ ...advertisement('l2'), uid: '' }];
    warnings.changed(new Set(['web']));
    await clock.advanceAsync(PATIENCE);
    assert.deepEqual(sent, []);
  });
});
