/** `berth doctor` on files with pools and nothing that announces them, and on files with nothing that it reads. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { HEALTHY } from '../../calico/support/clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { runCommand } from '../support/run-command.ts';

const doctor = (objects: readonly Raw[]) =>
  runCommand(runDoctor, ['-f', '-'], {
    stdin: objects.map((object) => JSON.stringify(object)).join('\n---\n'),
  });

const pool = (spec: Raw, { apiVersion = 'metallb.io/v1beta1', namespace = 'metallb-system' } = {}): Raw => ({
  ...{ apiVersion, kind: 'IPAddressPool' },
  metadata: { name: 'p', namespace },
  spec,
});

/** What is wrong, the exit code, and what the output says about it. */
const ROWS: readonly (readonly [says: string, objects: readonly Raw[], code: number, says: RegExp])[] = [
  ['a good pool is fine', [pool({ addresses: ['192.0.2.0/28'] })], 0, /no errors and no warnings/],
  [
    'a misspelled field',
    [pool({ adresses: ['192.0.2.0/28'] })],
    3,
    /spec\.adresses IPAddressPool p is invalid: spec\.adresses is not a known field: did you mean "addresses"\? Controller/,
  ],
  [
    'a reversed range',
    [pool({ addresses: ['192.0.2.9-192.0.2.1'] })],
    3,
    /ends before it begins\. Controller/,
  ],
  ['unspecified addresses', [pool({ addresses: ['0.0.0.0/32', '::/128'] })], 3, /2 warnings/],
  ['a text in place of a list', [pool({ addresses: '192.0.2.0/28' })], 3, /must be a list/],
  [
    'right-to-left marks are shown as escapes',
    [pool({ addresses: ['192.0.2.0/28\u202e'] })],
    3,
    /"192\.0\.2\.0\/28\\u202e"/,
  ],
  [
    'a pool in a namespace that nobody reads',
    [pool({ addresses: ['192.0.2.0/28'] }, { namespace: 'web' })],
    3,
    /S23 other-namespace/,
  ],
  [
    'a peer that no session can be with, beside the BGP of Calico',
    [
      ...HEALTHY,
      {
        ...{ apiVersion: 'metallb.io/v1beta2', kind: 'BGPPeer' },
        metadata: { name: 'tor', namespace: 'metallb-system' },
        spec: { myASN: 64512, peerASN: 64513, peerAddress: '224.0.0.5' },
      },
    ],
    3,
    /BGPPeer tor is invalid: .*"224\.0\.0\.5": it is a multicast address/,
  ],
  [
    'a misspelled group is not judged, so nothing is called fine',
    [pool({ addresses: ['192.0.2.0/28'] }, { apiVersion: 'metalb.io/v1beta1' })],
    5,
    /kind IPAddressPool of the group metalb\.io is unknown and ignored: did you mean metallb\.io\?/,
  ],
];

describe('berth doctor on pools alone', () => {
  for (const [says, objects, code, expected] of ROWS)
    it(says, async () => {
      const ended = await doctor(objects);
      assert.equal(ended.code, code, ended.out);
      assert.match(ended.out.replaceAll(/\n {2}(?=[^ ])/g, ' '), expected);
    });

  it('an invalid pool is a finding where Calico announces, too', async () => {
    const objects = HEALTHY.map(withTypes);
    const ended = await doctor([...objects, pool({ addresses: ['192.0.2.9-192.0.2.1'] })]);
    assert.match(
      ended.out,
      /WARNING S2 object-invalid: IPAddressPool metallb-system\/p spec\.addresses\[0\]/,
    );
  });

  it('files without an object are an error', async () => {
    const ended = await doctor([]);
    assert.equal(ended.code, 1);
    assert.match(ended.err, /there is no object in it/);
  });
});
