import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinCauses } from '../../src/base/shared-causes.ts';

const DOWN = 'not sent: 10.0.0.1 port 6443 refuses the connection';

describe('sentences about what cannot be read', () => {
  const rows: readonly [title: string, sentences: readonly string[], joined: readonly string[]][] = [
    ['one stays as it is', [`pods cannot be listed: ${DOWN}`], [`pods cannot be listed: ${DOWN}`]],
    [
      'a cause is said once, with three names and the number of the others',
      ['pods', 'nodes', 'services', 'secrets', 'leases'].map((name) => `${name} cannot be listed: ${DOWN}`),
      [`pods, nodes, services and 2 more cannot be listed: ${DOWN}`],
    ],
    [
      'of a list and an object, both are read',
      [`services cannot be listed: ${DOWN}`, `Service web cannot be read: ${DOWN}`],
      [`services, Service web cannot be read: ${DOWN}`],
    ],
    [
      'advice is kept once, whichever sentence has it',
      [`pods cannot be listed: ${DOWN}`, `nodes cannot be listed: ${DOWN}; check --kubeconfig and --context`],
      [`pods, nodes cannot be listed: ${DOWN}; check --kubeconfig and --context`],
    ],
    [
      'a namespace that all have is named once',
      ['pods', 'leases'].map((name) => `${name} in the namespace berth cannot be read: ${DOWN}`),
      [`pods, leases in the namespace berth cannot be read: ${DOWN}`],
    ],
    [
      'a namespace that not all have is not said of all',
      [`nodes cannot be read: ${DOWN}`, `leases in the namespace berth cannot be read: ${DOWN}`],
      [`nodes, leases cannot be read: ${DOWN}`],
    ],
    [
      'what is unknown for it stays apart from other things',
      [
        `who leads is not known: leases cannot be read: ${DOWN}`,
        `who speaks is not known: pods cannot be read: ${DOWN}`,
        `who speaks is not known: nodes cannot be read: ${DOWN}`,
      ],
      [
        `who leads is not known: leases cannot be read: ${DOWN}`,
        `who speaks is not known: pods, nodes cannot be read: ${DOWN}`,
      ],
    ],
    [
      'different causes stay, in their order, and other sentences each once',
      [
        'pods cannot be listed: refused with 403',
        'no pool',
        'nodes cannot be listed: no answer',
        'no pool',
        'leases cannot be listed: refused with 403',
      ],
      ['pods, leases cannot be listed: refused with 403', 'no pool', 'nodes cannot be listed: no answer'],
    ],
  ];
  for (const [title, sentences, joined] of rows) {
    it(title, () => assert.deepEqual(joinCauses(sentences), joined));
  }
});
