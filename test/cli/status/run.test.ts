/** `berth status` on files: what it prints, and how it ends. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runStatus } from '../../../src/cli/status/run.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  CLUSTER,
  POOLS,
  SERVICE_REQUESTING_TAKEN_ADDRESS,
  SERVICE_WITH_ADDRESS,
} from '../support/cluster-manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const clock = new FakeClock({ wall: Date.UTC(2026, 0, 4) });

const status = (stdin: string, ...args: readonly string[]) =>
  runCommand(runStatus, ['-f', '-', ...args], { stdin, clock });

const waiting = `${SERVICE_REQUESTING_TAKEN_ADDRESS}status:
  conditions:
  - {type: berth.dev/Assigned, status: "False", reason: AddressTaken, message: It is taken., lastTransitionTime: "2026-01-03T00:00:01Z"}
`;

/** As it is in manifests. */
const undated = SERVICE_REQUESTING_TAKEN_ADDRESS.replace(/^ *creationTimestamp:.*\n/m, '');

describe('berth status -f', () => {
  it('begins with the problem, its fix and the command that shows more', async () => {
    const { code, out, err } = await status([POOLS, SERVICE_WITH_ADDRESS, waiting].join('---\n'));
    assert.deepEqual([code, err], [4, '']);
    assert.equal(
      out,
      `standard input: 1 error

ERROR NoAddress Service shop/asks
  Service shop/asks has no address (AddressTaken). Pool "first" does not serve it. "192.168.5.1" is
  in use by shop/web.
  fix:  Service shop/asks, metadata.annotations["metallb.io/loadBalancerIPs"]: request another
        address, or give shop/web and this Service the same annotation metallb.io/allow-shared-ip.
  more: berth explain service asks -n shop -f -

controller  which controller leads is not known: the input has no Lease
pools       ███░░░░░░░ first: 1 of 4 IPv4 used, 3 free
            ░░░░░░░░░░ second: 0 of 8 IPv4 used, 8 free
services    1 of 2 have an address; without: 1 AddressTaken (shop/asks)
announcing  not known: the files show no speaker, and no BGP of Calico
changes     23 h 59 min ago: Service shop/asks has no address (AddressTaken)
            1 d 23 h ago: Service shop/web got 192.168.5.1 from pool first
`,
    );
  });

  it('does not say of more addresses than it can count how many there are', async () => {
    const large = (name: string, range: string) =>
      `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: ${name}, namespace: metallb-system}
spec: {addresses: ["${range}"]}
`;
    const pools = [large('a', '2001:db8::/64'), large('b', '2001:db8:1::/96'), large('c', '10.0.0.0/9')];
    const { out } = await status([...pools, SERVICE_WITH_ADDRESS].join('---\n'));
    assert.match(out, / a: 0 of 2\^53\+ IPv6 used, 2\^53\+ free\n/);
    assert.match(out, / b: 0 of 2\^32 IPv6 used, 2\^32 free\n/);
    assert.match(out, / c: 0 of 2\^23 IPv4 used, 2\^23 free\n/);
    const many = await status([...pools, large('d', '10.128.0.0/10'), SERVICE_WITH_ADDRESS].join('---\n'));
    assert.match(many.out, / 4 pools: 0 of about 2\^24 IPv4 used, about 2\^24 free; 0 of 2\^53\+ IPv6 used/);
  });

  it('ends with 0 where nothing is wrong', async () => {
    const { code, out } = await status([POOLS, SERVICE_WITH_ADDRESS].join('---\n'));
    assert.equal(code, 0, out);
    assert.match(out, /^standard input: no problem\n/);
    assert.match(out, /\nservices {4}the one Service has an address\n/);
  });

  it('says what the controller would do with manifests that were never applied', async () => {
    const manifests = [POOLS, SERVICE_REQUESTING_TAKEN_ADDRESS].join('---\n');
    const { code, out } = await status(manifests);
    assert.equal(code, 0, out);
    assert.match(
      out,
      /^standard input: no problem in what these files show, as the controller would make it\n/,
    );
    const { out: json } = await status(manifests, '-o', 'json');
    const { services } = JSON.parse(json);
    assert.deepEqual([services.from, services.items[0].addresses], ['dryRun', ['192.168.5.1']]);
  });

  it('says why a Service gets none that no controller has reconciled, though others have an address', async () => {
    const { code, out } = await status([POOLS, SERVICE_WITH_ADDRESS, undated].join('---\n'));
    assert.equal(code, 4, out);
    assert.match(out, /^ERROR NoAddress Service shop\/asks\n.*\(AddressTaken\)/m);
    assert.match(out, /without: 1 Unreconciled \(shop\/asks\)/);
  });

  it('says in which namespace there is no pool', async () => {
    const elsewhere = POOLS.replaceAll('namespace: metallb-system', 'namespace: network');
    const { code, out } = await status([elsewhere, undated].join('---\n'));
    assert.equal(code, 4, out);
    assert.match(out.replace(/\s+/g, ' '), /There is no IPAddressPool in the namespace metallb-system\./);
  });

  it('says nothing of pools that the files do not show', async () => {
    const { out } = await status([SERVICE_WITH_ADDRESS, undated].join('---\n'));
    assert.doesNotMatch(out, /NoPools|NoAddress/);
  });

  for (const [what, right, wrong] of [
    ['kind', 'IPAddressPool', 'IPAdressPool'],
    ['group', 'metallb.io', 'metalb.io'],
  ] as const)
    it(`names a ${what} that is misspelled, and does not say that all is well`, async () => {
      const { code, out } = await status(
        [POOLS, SERVICE_WITH_ADDRESS, POOLS.replace(right, wrong)].join('---\n'),
      );
      assert.equal(code, 5);
      assert.match(out, /no problem in what could be read\n/);
      assert.match(out, new RegExp(wrong));
    });

  it('says that there is no object', async () => {
    const { code, out, err } = await status('# nothing yet\n');
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /standard input: there is no object in it/);
  });

  it('-n shows the Services of one namespace', async () => {
    const { out } = await status(CLUSTER, '-n', 'elsewhere', '-o', 'json');
    const { services } = JSON.parse(out);
    assert.deepEqual([services.total, services.namespace], [0, 'elsewhere']);
  });

  it('names the command as it is to be typed at this terminal', async (test) => {
    const folder = createTempFolder(test, {
      'a b.yaml': [POOLS, SERVICE_WITH_ADDRESS, waiting].join('---\n'),
    });
    const file = join(folder, 'a b.yaml');
    const { out } = await runCommand(runStatus, ['-f', file, '-R'], { clock, program: 'kubectl berth' });
    const more = /more: (.*)/.exec(out.replace(/\n {8}/g, ' '))?.[1];
    assert.equal(more, `kubectl berth explain service asks -n shop -f '${file}' -R`);
  });

  const rows: readonly [args: readonly string[], says: RegExp][] = [
    [['-n', 'shop', '-A'], /-A and -n exclude each other/],
    [['--watch', '--wait'], /--watch and --wait exclude each other/],
    [['--wait'], /--watch and --wait are for the live cluster: leave -f out/],
    [['surplus'], /unexpected "surplus"/],
  ];
  for (const [args, says] of rows) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, err } = await status(CLUSTER, ...args);
      assert.equal(code, 2);
      assert.match(err, says);
    });
  }
});
