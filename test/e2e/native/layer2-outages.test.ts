/**
 * Layer 2 under steady load while the network between the speakers, the API server, or all speakers in turn are away. The client
 * is on one side of a network that is cut in two. BERTH_FULL=1 plays all of it; otherwise, one partition.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { stretched } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import {
  addressOutcomes,
  type Disturbance,
  lostNewConnections,
  outcomeText,
} from './support/layer2-outcome.ts';
import { Layer2Stage } from './support/layer2-stage.ts';
import { NODES } from './support/native-cluster.ts';
import { partition } from './support/partition.ts';

/** Two nodes may answer at once for that long, in milliseconds of a quiet machine. */
const OVERLAP_MAX_MS = 500;
/** Nothing of layer 2 counts in minutes: this is a hundred times as long as a speaker takes to notice that others are gone. */
const API_OUTAGE_MS = 60_000;

const full = process.env['BERTH_FULL'] === '1';

type Side = 'owner' | 'others';

type Case = {
  /** Nodes on the owner's side, with it. */
  readonly ownerSide: 1 | 2;
  readonly api: Side;
  readonly client: Side;
  /** Who answers the client in the end. */
  readonly answers: 'the owner' | 'another node' | 'nobody';
};

const CASES: readonly Case[] = [
  { ownerSide: 1, api: 'others', client: 'others', answers: 'another node' },
  { ownerSide: 2, api: 'owner', client: 'others', answers: 'nobody' },
  { ownerSide: 1, api: 'others', client: 'owner', answers: 'nobody' },
  { ownerSide: 1, api: 'owner', client: 'others', answers: 'another node' },
  // Those that have the API server take the others for dead: none of them has said that it lost somebody.
  { ownerSide: 1, api: 'owner', client: 'owner', answers: 'the owner' },
  { ownerSide: 2, api: 'owner', client: 'owner', answers: 'the owner' },
  { ownerSide: 2, api: 'others', client: 'owner', answers: 'the owner' },
  { ownerSide: 2, api: 'others', client: 'others', answers: 'another node' },
];

describe('layer 2 under load, and', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let stage: Layer2Stage;

  before(async () => {
    stage = await Layer2Stage.start();
  });
  afterEach(() => stage.cluster.clean());
  after(() => stage?.stop());

  function judge(t: TestContext, disturbance: Disturbance): void {
    t.diagnostic(outcomeText(disturbance));
    for (const { address, overlap } of addressOutcomes(disturbance))
      assert.ok(
        overlap <= stretched(OVERLAP_MAX_MS),
        `${address}: ${outcomeText(disturbance)}\n${stage.cluster.logTails()}`,
      );
  }

  for (const { ownerSide, api, client, answers } of full ? CASES : CASES.slice(0, 1))
    it(`${ownerSide} of 3 speakers with the owner, API server with ${api}, client with ${client}: ${answers}`, async (t) => {
      await stage.begin();
      const seen = await stage.disturb(async (owner) => {
        const rest: readonly string[] = NODES.filter((node) => node !== owner);
        const sides = { owner: [owner, ...rest.slice(0, ownerSide - 1)], others: rest.slice(ownerSide - 1) };
        sides[api].push('cp1');
        sides[client].push('lan', 'observer');
        const heal = await partition(stage.cluster.stage.router, [sides.owner, sides.others]);
        try {
          const expected = { 'the owner': [owner], 'another node': rest, nobody: [] }[answers];
          await stage.answeredBy(expected);
          await sleep(3000);
          await stage.answeredBy(expected);
        } finally {
          await heal();
        }
        await stage.allLinked();
        return stage.owner();
      });
      t.diagnostic(stage.cluster.logTails());
      t.diagnostic(JSON.stringify(seen.span));
      judge(t, seen);
    });

  if (!full) return;

  it('all speakers restart one by one: no new connection is lost', async (t) => {
    await stage.begin();
    const seen = await stage.disturb(async () => {
      for (const node of NODES) {
        await stage.cluster.end(node);
        stage.cluster.startSpeaker(node);
        await stage.allLinked([node]);
      }
      return stage.owner();
    });
    judge(t, seen);
    assert.deepEqual(lostNewConnections(seen), [], stage.cluster.logTails());
  });

  it('the API server is away for a minute: nothing moves, and a node that is killed meanwhile is replaced', async (t) => {
    await stage.begin();
    const { api } = stage.cluster.rig;
    const quiet = await stage.disturb(async (owner) => {
      await api.kill9();
      await sleep(API_OUTAGE_MS);
      return stage.owner({ among: [owner], isRecorded: false });
    });
    judge(t, quiet);
    assert.deepEqual(quiet.record.moves(quiet.loads[0]?.address ?? '', quiet.span), []);
    assert.deepEqual(
      quiet.loads.flatMap(({ result }) => result.failed),
      [],
    );
    const seen = await stage.disturb(
      async (owner) => {
        await stage.cluster.kill(owner);
        const rest = NODES.filter((node) => node !== owner);
        const next = await stage.owner({ among: rest, isRecorded: false });
        await api.restartApiServer();
        return stage.owner({ among: [next] });
      },
      { isRecorded: false },
    );
    judge(t, seen);
  });
});
