import assert from 'node:assert/strict';
import { it } from 'node:test';
import { layers } from './layers.ts';
import { entryPoint, SOURCE, testRules } from './support/rule-tables.ts';

testRules({
  'arrows between floors': [
    [
      'down is the way',
      { ...entryPoint('cli/a.ts'), 'src/cli/a.ts': "import '../base/b.ts';", 'src/base/b.ts': SOURCE },
      [],
    ],
    [
      'within a room anything goes',
      { ...entryPoint('ipam/a.ts'), 'src/ipam/a.ts': "import './deep/b.ts';", 'src/ipam/deep/b.ts': SOURCE },
      [],
    ],
    [
      'up is not',
      { ...entryPoint('net/a.ts'), 'src/net/a.ts': "\nimport '../ipam/b.ts';", 'src/ipam/b.ts': SOURCE },
      ['src/net/a.ts:2 imports src/ipam/b.ts, up from net/ to ipam/: move what they share down.'],
    ],
    [
      'nor is sideways, be it for a type inside braces',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "import { type B } from '../workqueue/b.ts';",
        'src/workqueue/b.ts': SOURCE,
      },
      [
        'src/net/a.ts:1 imports src/workqueue/b.ts, sideways from net/ to workqueue/: move what they share one floor down.',
      ],
    ],
    [
      'a type written as an import counts',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "type A = import('../allocation/b.ts').B;",
        'src/allocation/b.ts': SOURCE,
      },
      ['src/net/a.ts:1 imports src/allocation/b.ts, up from net/ to allocation/: move what they share down.'],
    ],
    [
      'so does an import when first needed',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "await import('../allocation/b.ts');",
        'src/allocation/b.ts': SOURCE,
      },
      ['src/net/a.ts:1 imports src/allocation/b.ts, up from net/ to allocation/: move what they share down.'],
    ],
    [
      'so does passing on',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "export * from '../allocation/b.ts';\nexport const c = 1;",
        'src/allocation/b.ts': SOURCE,
      },
      ['src/net/a.ts:1 imports src/allocation/b.ts, up from net/ to allocation/: move what they share down.'],
    ],
    [
      'a room inside a room has a floor of its own',
      {
        ...entryPoint('bgp/wire/a.ts'),
        'src/bgp/wire/a.ts': "import '../rib/b.ts';",
        'src/bgp/rib/b.ts': SOURCE,
      },
      [
        'src/bgp/wire/a.ts:1 imports src/bgp/rib/b.ts, up from bgp/wire/ to bgp/rib/: move what they share down.',
      ],
    ],
    [
      'nobody imports the roof',
      { ...entryPoint('cli/a.ts'), 'src/cli/a.ts': "await import('../main.ts');" },
      [
        'src/cli/a.ts:1 imports src/main.ts: nothing stands above the roof; move what it needs down.',
        'src/main.ts:1 imports itself by way of src/cli/a.ts -> src/main.ts: move what they share into a file of its own.',
      ],
    ],
    [
      'what is shipped does not import what is not',
      {
        ...entryPoint('cli/a.ts'),
        'src/cli/a.ts': "import '../../test/b.ts';",
        'test/b.ts': SOURCE,
      },
      ['src/cli/a.ts:1 imports test/b.ts, which is not shipped: move what it needs into src/.'],
    ],
    [
      'tests and benchmarks import from any floor',
      {
        ...entryPoint('cli/a.ts'),
        'src/cli/a.ts': SOURCE,
        'test/cli/a.test.ts': "import '../../src/cli/a.ts';",
        'bench/a.ts': "import '../src/cli/a.ts';",
      },
      [],
    ],
    [
      'a file outside all rooms',
      { ...entryPoint('attic/a.ts'), 'src/attic/a.ts': SOURCE },
      [
        'src/attic/a.ts:1 stands in no room of the house: move it into one, or draw its room in test/architecture/layers.ts.',
      ],
    ],
    [
      'only the main of a program meets the outside',
      {
        ...entryPoint('controller/main.ts', 'controller/loop.ts'),
        'src/controller/main.ts': "import '../kube/b.ts';",
        'src/controller/loop.ts': "import type { B } from '../kube/b.ts';",
        'src/kube/b.ts': SOURCE,
      },
      [
        'src/controller/loop.ts:1 imports src/kube/b.ts, which only the main of controller/ may: describe what it needs here and have the main hand it over.',
      ],
    ],
  ],
  'circles and files that nobody imports': [
    [
      'a circle of types inside one room',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "import type { B } from './b.ts';",
        'src/net/b.ts': "\nimport type { C } from './c.ts';",
        'src/net/c.ts': "import type { A } from './a.ts';",
      },
      [
        'src/net/a.ts:1 imports itself by way of src/net/b.ts -> src/net/c.ts -> src/net/a.ts: move what they share into a file of its own.',
      ],
    ],
    [
      'two ways to one file are no circle',
      {
        ...entryPoint('net/a.ts', 'net/b.ts'),
        'src/net/a.ts': "import './c.ts';",
        'src/net/b.ts': "import './c.ts';",
        'src/net/c.ts': SOURCE,
      },
      [],
    ],
    [
      'a test keeps no file of src/ in use',
      { ...entryPoint(), 'src/net/a.ts': SOURCE, 'test/net/a.test.ts': "import '../../src/net/a.ts';" },
      ['src/net/a.ts:1 is imported by nobody but tests: use it or delete it.'],
    ],
    [
      'of an island its head is named',
      { ...entryPoint(), 'src/net/a.ts': "import './b.ts';", 'src/net/b.ts': SOURCE },
      ['src/net/a.ts:1 is imported by nobody but tests: use it or delete it.'],
    ],
    [
      'a helper of tests that no test imports',
      { ...entryPoint(), 'test/a.test.ts': "import './b.ts';", 'test/b.ts': SOURCE, 'test/c.ts': SOURCE },
      ['test/c.ts:1 is imported by nobody: use it or delete it.'],
    ],
    [
      'the file a worker starts with is in use',
      {
        ...entryPoint('bgp/transport/a.ts'),
        'src/bgp/transport/a.ts': "new Worker(new URL('./b.ts', import.meta.url));",
        'src/bgp/transport/b.ts': SOURCE,
      },
      [],
    ],
  ],
});

it('no room stands on two floors', () => {
  const rooms = layers.flat();
  assert.equal(new Set(rooms).size, rooms.length);
});
