/** No line ends where its reason should stand, whichever reasons a speaker of another version leaves out of its documents. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fieldsOf, listOf, type Raw } from '../../../../src/base/json.ts';
import { readNodeSessions } from '../../../../src/cli/bgp/peers/peer-session-report.ts';
import { peersLines } from '../../../../src/cli/bgp/peers/text.ts';
import { readRouteReports } from '../../../../src/cli/bgp/routes/route-report.ts';
import { advertisedRoutesLines } from '../../../../src/cli/bgp/routes/text.ts';
import { concludeWhy, readNodeAnnouncement } from '../../../../src/cli/bgp/why/conclusion.ts';
import { whyLines } from '../../../../src/cli/bgp/why/text.ts';
import { speakersWay } from '../../../../src/cli/explain/service-ways.ts';
import { peer } from '../../../announce/support/cluster.ts';
import { oneService, R1, settledHarness, smallCluster } from '../../../speaker/support/speaker-harness.ts';
import { type Random, underSeeds } from '../../../support/random.ts';
import { PLAIN_FORMAT } from '../../support/plain-format.ts';
import { clusterWithDownSession, documentFor, viewOf } from '../../support/status-servers.ts';

const REASONS: ReadonlySet<string> = new Set(['says', 'change', 'code', 'trouble', 'bfdTrouble']);

/** The document without some of its reasons; some are blank. */
function withoutSome(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutSome(one, random));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]): readonly (readonly [string, unknown])[] => {
      if (!REASONS.has(key) || random.chance(0.4)) return [[key, withoutSome(one, random)]];
      return random.pick([[], [[key, '']], [[key, ' ']], [[key, null]]]);
    }),
  );
}

const ENDS_WITHOUT_REASON = /:\s*$|: *[.;,)]/;

const assertReasons = (lines: readonly string[]): void => {
  const text = lines.join(' ').replace(/\s+/g, ' ');
  assert.doesNotMatch(text, ENDS_WITHOUT_REASON);
};

it('every reason is said, or it is said that there is none', async () => {
  const invalid = peer('tor', { peerAddress: R1, bfdProfile: 'none' });
  const views = [
    await settledHarness(...oneService()),
    await clusterWithDownSession('the peer rejects our AS number 64500'),
    await settledHarness(...smallCluster(invalid)),
  ].map((harness) => viewOf(harness, 'n1'));
  let left = 0;
  underSeeds(200, 5000, (random) => {
    const view = random.pick(views);
    const service = random.pick(['web/a', 'web/other']);
    const read = (path: string): Raw => {
      const whole = documentFor(view, path);
      const pruned = fieldsOf(withoutSome(whole, random));
      if (JSON.stringify(pruned) !== JSON.stringify(whole)) left++;
      return pruned;
    };
    const why = read(`/bgp/services?service=${service}`);
    const routes = read('/bgp/routes');
    const peers = read('/bgp/peers');
    const responsesOf = (value: Raw) => [{ node: 'n1', pod: null, document: { ok: true, value } as const }];
    const nodes = [readNodeAnnouncement('n1', why)];
    const conclusion = concludeWhy(service, nodes, 1);
    assertReasons([conclusion.conclusion]);
    assertReasons(whyLines({ service, nodes, responses: responsesOf(why), conclusion }, PLAIN_FORMAT));
    const way = speakersWay(nodes, { announced: false, says: conclusion.conclusion });
    for (const { leads, says } of way.nodes) if (!leads) assertReasons([says]);
    assertReasons(
      advertisedRoutesLines(readRouteReports('n1', routes), responsesOf(routes), 'berth', PLAIN_FORMAT),
    );
    const sessions = readNodeSessions('n1', peers);
    for (const { reason } of sessions.inactivePeers) assert.notEqual(reason.trim(), '');
    assertReasons(peersLines([sessions], responsesOf(peers), PLAIN_FORMAT));
    assert.equal(listOf(peers['peers']).length, sessions.sessions.length);
  });
  assert.ok(left > 0, 'some reasons were left out');
});
