/** Plans of edits that delete the last object of a kind: nothing is assumed in its place. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { planAnnouncements } from '../../../src/delivery/changes/edit-plan.ts';
import { advertisement, community } from '../../announce/support/cluster.ts';
import { BGP_CLUSTER, edited, NAMESPACE } from '../support/speaker-clusters.ts';

const OPTIONS = { namespace: NAMESPACE, lbClass: null, completeKinds: new Set<string>() };
const ALIASED = edited(BGP_CLUSTER, [
  advertisement('all', { communities: ['fabric'] }),
  community('aliases', { fabric: '64500:1' }),
]);

it('without the last Community, its aliases are unknown, and speakers that restart have no routes', () => {
  const { rejected, restart } = planAnnouncements(
    ALIASED,
    edited(ALIASED, [], ['Community aliases']),
    OPTIONS,
  );
  assert.match(rejected.join(), /fabric/);
  assert.deepEqual(
    restart?.routes.map(({ after }) => after),
    [[]],
  );
});

it('without the last EndpointSlice, no Service has an endpoint', () => {
  const slices = ALIASED.filter(({ kind }) => kind === 'EndpointSlice');
  const after = ALIASED.filter((raw) => !slices.includes(raw));
  const { unreached } = planAnnouncements(ALIASED, after, OPTIONS);
  assert.deepEqual(
    unreached.map(({ wasReached }) => wasReached),
    [true],
  );
});
