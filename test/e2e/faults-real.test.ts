/** Runs controllers against kube-apiserver while processes are killed, stopped and restarted. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { whenReady } from '../controller/support/probe.ts';
import type { Program } from '../controller/support/program.ts';
import { type AnyObject, addressesOf, Rig } from '../controller/support/rig.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { type Random, seeded, seeds } from '../support/random.ts';
import { freePort } from '../support/real-api/ports.ts';
import type { RealApi } from '../support/real-api/start.ts';

const SHORT = [
  '--leader-elect',
  '--lease-duration',
  '2s',
  '--renew-deadline',
  '1500ms',
  '--retry-period',
  '300ms',
];
const NAMES = Array.from({ length: 14 }, (_, index) => `s${index}`);
const STEPS = 32;
/** Steps after which a fault is injected. */
const FAULT_STEPS = process.env['BERTH_FULL'] === '1' ? [8, 24] : [16];

/** Smaller than the number of Services, so that some wait. */
const POOL = ['192.0.2.0-192.0.2.9'];

type Fault = (rig: Rig<RealApi>, cast: Controllers, random: Random) => Promise<void>;

/** The controllers of a scenario; two, so that one can take over. */
class Controllers {
  readonly #rig: Rig<RealApi>;
  programs: readonly Program[] = [];

  constructor(rig: Rig<RealApi>) {
    this.#rig = rig;
  }

  async add(): Promise<void> {
    const port = await freePort();
    this.programs = [...this.programs, this.#rig.controller(...SHORT, '--health-probe-port', String(port))];
    await whenReady(port);
  }

  async killOne(random: Random): Promise<void> {
    const victim = random.pick(this.programs);
    this.programs = this.programs.filter((one) => one !== victim);
    await victim.kill9();
  }
}

const FAULTS: readonly (readonly [title: string, fault: Fault])[] = [
  [
    'kill -9 of controllers',
    async (_, cast, random) => {
      await cast.killOne(random);
      await cast.add();
    },
  ],
  [
    'a leader stopped past its lease',
    async (_, cast) => {
      const leader = cast.programs.find(
        ({ log }) =>
          log.findLastIndex(({ msg }) => msg === 'serving') >
          log.findLastIndex(({ msg }) => msg === 'no longer serving'),
      );
      leader?.signal('SIGSTOP');
      await sleep(2500);
      leader?.signal('SIGCONT');
    },
  ],
  [
    'kill -9 of the API server',
    async (rig) => {
      await rig.api.kill9();
      await rig.api.restartApiServer();
    },
  ],
  [
    'etcd compacted and the API server restarted',
    async (rig) => {
      await rig.api.compactEtcd();
      await rig.api.restartApiServer();
    },
  ],
];

describe('the cluster on kube-apiserver is in its expected state after', {
  skip: skipWithoutKubernetesBinaries(),
}, () => {
  let rig: Rig<RealApi>;
  before(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  for (const [title, fault] of FAULTS) {
    it(title, async () => {
      for (const seed of seeds(1, 10)) {
        try {
          await runScenario(rig, fault, seeded(seed));
        } catch (cause) {
          throw new Error(`SEED=${seed}: ${String(cause)}`, { cause });
        }
        await rig.clean();
      }
    });
  }
});

async function runScenario(rig: Rig<RealApi>, injectFault: Fault, random: Random): Promise<void> {
  await rig.pool('p', POOL);
  const controllers = new Controllers(rig);
  await controllers.add();
  await controllers.add();
  /** The address of each Service, by uid: it must not change while the Service exists. */
  const shown = new Map<string, string>();
  let incidents = 0;
  for (let step = 0; step < STEPS; step++) {
    const name = random.pick(NAMES);
    const path = `/api/v1/namespaces/default/services/${name}`;
    const exists = (await rig.api.request('GET', path)).status === 200;
    if (exists) await rig.delete(name);
    else await rig.service(name);
    if (FAULT_STEPS.includes(step)) {
      incidents++;
      await injectFault(rig, controllers, random);
    }
    checkUnchanged(await rig.services(), shown);
  }
  assert.equal(incidents, FAULT_STEPS.length);
  await eventually(async () => {
    const services = (await rig.services()).filter(({ metadata }) => metadata.name !== 'kubernetes');
    checkUnchanged(services, shown);
    const all = services.flatMap(addressesOf);
    assert.equal(new Set(all).size, all.length, 'an address is held twice');
    assert.equal(all.length, Math.min(services.length, 10), 'a Service waits although an address is free');
  });
  for (const program of controllers.programs) {
    assert.equal(program.exit, null);
    assert.deepEqual(
      program.log.filter(({ level }) => level === 'error'),
      [],
    );
  }
}

function checkUnchanged(services: readonly AnyObject[], shown: Map<string, string>): void {
  for (const service of services) {
    const { uid, name } = service.metadata;
    const [address] = addressesOf(service);
    const before = shown.get(uid);
    if (before !== undefined) assert.equal(address, before, `${name} had ${before}`);
    if (address !== undefined) shown.set(uid, address);
  }
}
