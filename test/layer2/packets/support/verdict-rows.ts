/** Rows of frames with what is done with them, and the node that they reach. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { answer } from '../../../../src/layer2/packets/answer.ts';
import { formatMac } from '../../../../src/layer2/packets/ethernet-frame.ts';
import type { FrameVerdict, Standing, Standings } from '../../../../src/layer2/packets/frame-verdict.ts';
import { formatAddress } from '../../../../src/net/address.ts';
import { bitsOf, describeFrame, macBytes, US } from './frames.ts';

/** How the addresses of the tables stand on the interface. All others are not owned. */
const STANDING_OF: Readonly<Record<string, Standing>> = {
  '192.0.2.10': 'answering',
  '192.0.2.11': 'answering',
  '192.0.2.12': 'probing',
  '192.0.2.13': 'silent',
  '2001:db8::10': 'answering',
  '2001:db8::11': 'answering',
  '2001:db8::12': 'probing',
  '2001:db8::13': 'silent',
};

const standings = new Map(
  Object.entries(STANDING_OF).map(([text, standing]) => [
    `${text.includes(':') ? 6 : 4} ${bitsOf(text)}`,
    standing,
  ]),
);

export const STANDINGS: Standings = {
  ofIpv4: (ip) => standings.get(`4 ${ip}`) ?? 'not owned',
  ofIpv6: (bits) => standings.get(`6 ${bits}`) ?? 'not owned',
};

export type FrameRow = readonly [
  rule: string,
  frame: Uint8Array,
  expected: string,
  kernel?: { readonly vlanTag?: number; readonly isForAnotherHost?: boolean },
];

/** Each row is a test, named by its rule. */
export function testFrames(rows: readonly FrameRow[]): void {
  for (const [rule, bytes, expected, kernel = {}] of rows)
    it(rule, () => {
      const { vlanTag = null, isForAnotherHost = false } = kernel;
      const before = bytes.slice();
      const verdict = answer({ bytes, vlanTag, isForAnotherHost }, Uint8Array.from(macBytes(US)), STANDINGS);
      assert.equal(describeVerdict(verdict), expected);
      assert.deepEqual(bytes, before, 'the frame was changed');
    });
}

function describeVerdict(verdict: FrameVerdict): string {
  switch (verdict.kind) {
    case 'ignore':
      return verdict.reason;
    case 'answer':
      return `${formatAddress(verdict.response.address)}: ${describeFrame(verdict.response.frame)}`;
    case 'claim': {
      const { address, mac, isAnnouncement, response } = verdict;
      const what = isAnnouncement ? 'announces' : 'uses';
      const answered =
        response === null ? '' : `; ${formatAddress(response.address)}: ${describeFrame(response.frame)}`;
      return `${formatMac(mac)} ${what} ${formatAddress(address)}${answered}`;
    }
  }
}
