import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../../dev/place.mjs';
import { runCrds } from '../../../src/cli/crds/run.ts';
import { runCommand } from '../support/run-command.ts';

const names = (out: string): string[] => parseAllDocuments(out).map((one) => one.toJS().metadata.name);

describe('crds', () => {
  it('prints all CRDs', async () => {
    const ran = await runCommand(runCrds, []);
    const files = readdirSync(join(root, 'deploy/crds')).filter((name) => name !== 'kustomization.yaml');
    assert.deepEqual([ran.code, ran.err], [0, '']);
    assert.deepEqual(
      names(ran.out),
      files
        .sort()
        .map((name) =>
          name.replace('.yaml', name.startsWith('speakerstatuses') ? '.berth.dev' : '.metallb.io'),
        ),
    );
  });

  const rows: readonly [args: readonly string[], want: readonly string[]][] = [
    [['ipaddresspools'], ['ipaddresspools.metallb.io']],
    [['IPAddressPool'], ['ipaddresspools.metallb.io']],
    [
      ['community', 'bgppeers.metallb.io'],
      ['communities.metallb.io', 'bgppeers.metallb.io'],
    ],
    [['ServiceL2Status'], ['servicel2statuses.metallb.io']],
    [['speakerstatuses.berth.dev'], ['speakerstatuses.berth.dev']],
  ];
  for (const [args, want] of rows) {
    it(`finds ${args.join(' and ')}`, async () =>
      assert.deepEqual(names((await runCommand(runCrds, args)).out), want));
  }

  it('names a similar CRD for an unknown one', async () => {
    const ran = await runCommand(runCrds, ['ipadresspools']);
    assert.deepEqual([ran.code, ran.out], [2, '']);
    assert.match(ran.err, /there is no CRD "ipadresspools": did you mean ipaddresspools\?/);
  });
});
