/** The class of Services that MetalLB serves, against the one that Berth is to serve. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { readMetalLBState } from '../../../src/cli/migrate/metallb-state.ts';
import { classObstacle } from '../../../src/cli/migrate/service-class.ts';
import { controller, metallbObjects } from '../support/metallb-cluster.ts';

const withArguments = (rest: Raw): Raw => {
  const deployment = controller(1);
  const template = { spec: { containers: [{ name: 'controller', ...rest }] } };
  return { ...deployment, spec: { ...deployment.spec, template } };
};

const rows: readonly [says: string, container: Raw, lbClass: string, want: RegExp | null][] = [
  ['neither has a class', { args: ['--port=7472'] }, '', null],
  ['both have the same', { args: ['--lb-class=metallb'] }, 'metallb', null],
  ['MetalLB has one', { args: ['--lb-class=metallb'] }, '', /Give Berth's controller .* --lb-class metallb/],
  ['with one dash and a blank', { args: ['-lb-class', 'metallb'] }, '', /the class "metallb", and Berth/],
  ['in the command', { command: ['/controller', '--lb-class', 'a'] }, 'b', /class "a", .* class "b"/],
  ['only this command has one', { args: [] }, 'metallb', /Leave --lb-class out/],
];

describe('the class of Services', () => {
  for (const [says, container, lbClass, want] of rows) {
    it(says, () => {
      const state = readMetalLBState(metallbObjects({ deployments: [withArguments(container)] }));
      const obstacle = classObstacle(state, lbClass);
      if (want === null) return assert.equal(obstacle, null);
      assert.match(obstacle?.says ?? '', want);
      assert.equal(obstacle?.of, 'swap');
    });
  }

  it('is no obstacle where MetalLB has no controller', () => {
    assert.equal(classObstacle(readMetalLBState(metallbObjects({})), 'metallb'), null);
  });
});
