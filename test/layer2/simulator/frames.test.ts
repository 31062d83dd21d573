/** Frames as cases describe them: stations by name, and lists of interfaces that are left alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { simulateLayer2Case } from '../../../src/layer2/simulator/case-file.ts';
import { node, pool, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { layer2Advertisement } from '../support/layer2-cluster.ts';

const observe = (fields: Raw) =>
  simulateLayer2Case({
    objects: [
      ...[node('n1'), pool('main', ['10.213.0.100/30', 'fd00:213::/124']), layer2Advertisement('all')],
      ...serviceWithEndpoint('blog', '10.213.0.101'),
      ...serviceWithEndpoint('wiki', 'fd00:213::1'),
    ],
    ...fields,
  })[0];

const [V4, V6] = [{ target: '10.213.0.101' }, { target: 'fd00:213::1' }];

const frameRows: readonly (readonly [says: string, frame: Raw, isAnswered: boolean])[] = [
  ['to broadcast by name', { ...V4, to: 'broadcast' }, true],
  ['to the client itself', { ...V4, to: 'client' }, false],
  ['to an interface that is on no node', { ...V4, to: 'n6:eth0' }, false],
  ['to the node, by NDP', { ...V6, to: 'n1:eth0', dst: 'target' }, true],
  ['to an interface that is on no node, by NDP', { ...V6, to: 'n6:eth0', dst: 'target' }, false],
  ['from the interface that answers: its own frame came back', { ...V4, from: 'n1:eth0' }, false],
  ['whose sender is the interface that answers', { ...V4, senderMac: 'n1:eth0' }, false],
  ['whose sender is broadcast', { ...V4, senderMac: 'broadcast' }, false],
  ['whose option names the interface that answers, by NDP', { ...V6, senderMac: 'n1:eth0' }, false],
  ['that names a target MAC address', { ...V4, targetMac: 'n1:eth1' }, true],
];

describe('a frame of a case', () => {
  for (const [says, frame, isAnswered] of frameRows)
    it(`${says}: ${isAnswered ? 'answered' : 'silence'}`, () => {
      assert.deepEqual(observe({ frames: { it: frame } })?.frames, { it: isAnswered ? ['n1:eth0'] : [] });
    });
});

const excludeRows: readonly (readonly [
  says: string,
  exclude: readonly string[],
  answering: readonly string[],
])[] = [
  ['a flag of RE2', ['(?i)^ETH0$'], ['n1:docker7', 'n1:eth1']],
  ['a class of RE2', ['^eth[[:digit:]]$'], ['n1:docker7']],
  ['a list that cannot be read: the default', ['(', '^eth0$'], ['n1:eth0', 'n1:eth1']],
  ['no list', [], ['n1:docker7', 'n1:eth0', 'n1:eth1']],
];

describe('interfaces that are left alone, by', () => {
  for (const [says, exclude, answering] of excludeRows)
    it(says, () => {
      const answers = observe({ exclude, links: { n1: { docker7: 'a' } } })?.answers['10.213.0.101'] ?? {};
      assert.deepEqual(Object.values(answers).flat().sort(), answering);
    });
});
