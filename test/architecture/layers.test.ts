import assert from 'node:assert/strict';
import { it } from 'node:test';
import { layers } from './layers.ts';
import { entryPoint, SOURCE, testRules } from './support/rule-tables.ts';

testRules({
  'imports between layers': [
    [
      'down is allowed',
      { ...entryPoint('cli/a.ts'), 'src/cli/a.ts': "import '../base/b.ts';", 'src/base/b.ts': SOURCE },
      [],
    ],
    [
      'within a module anything goes',
      { ...entryPoint('net/a.ts'), 'src/net/a.ts': "import './b.ts';", 'src/net/b.ts': SOURCE },
      [],
    ],
    [
      'up is not',
      { ...entryPoint('net/a.ts'), 'src/net/a.ts': "\nimport '../ipam/b.ts';", 'src/ipam/b.ts': SOURCE },
      ['src/net/a.ts:2 imports src/ipam/b.ts, up from net/ to ipam/: move what they share down.'],
    ],
    [
      'sideways is not, not even for a type inside of braces',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "import { type B } from '../workqueue/b.ts';",
        'src/workqueue/b.ts': SOURCE,
      },
      [
        'src/net/a.ts:1 imports src/workqueue/b.ts, sideways from net/ to workqueue/: move what they share one layer down.',
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
      'so does a lazy import',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "await import('../allocation/b.ts');",
        'src/allocation/b.ts': SOURCE,
      },
      ['src/net/a.ts:1 imports src/allocation/b.ts, up from net/ to allocation/: move what they share down.'],
    ],
    [
      'so does a re-export',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "export * from '../allocation/b.ts';\nexport const c = 1;",
        'src/allocation/b.ts': SOURCE,
      },
      ['src/net/a.ts:1 imports src/allocation/b.ts, up from net/ to allocation/: move what they share down.'],
    ],
    [
      'a module inside of another has a layer of its own',
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
      'nothing imports the entry point',
      { ...entryPoint('cli/a.ts'), 'src/cli/a.ts': "await import('../main.ts');" },
      [
        'src/cli/a.ts:1 imports src/main.ts: nothing may import the entry point; move what it needs into a module.',
        'src/main.ts:1 imports itself by way of src/cli/a.ts -> src/main.ts: move what they share into a file of its own.',
      ],
    ],
    [
      'what is shipped does not import what is not',
      {
        ...entryPoint('cli/a.ts'),
        'src/cli/a.ts': "import '../../test/support/b.ts';",
        'test/support/b.ts': SOURCE,
      },
      ['src/cli/a.ts:1 imports test/support/b.ts, which is not shipped: move what it needs into src/.'],
    ],
    [
      'tests and benchmarks import from any layer',
      {
        ...entryPoint('cli/a.ts'),
        'src/cli/a.ts': SOURCE,
        'test/cli/a.test.ts': "import '../../src/cli/a.ts';",
        'bench/a.ts': "import '../src/cli/a.ts';",
      },
      [],
    ],
    [
      'a file outside of all modules',
      { ...entryPoint('attic/a.ts'), 'src/attic/a.ts': SOURCE },
      [
        'src/attic/a.ts:1 belongs to no module: move it into one, or add its module to test/architecture/layers.ts.',
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
        'src/controller/loop.ts:1 imports src/kube/b.ts, which only main of controller/ may: declare the port that it needs here, and let main implement it.',
      ],
    ],
  ],
  'import cycles and unused files': [
    [
      'a cycle of types inside of one module',
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
      {
        ...entryPoint(),
        'test/a.test.ts': "import './support/b.ts';",
        'test/support/b.ts': SOURCE,
        'test/support/c.ts': SOURCE,
      },
      ['test/support/c.ts:1 is imported by nobody: use it or delete it.'],
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

it('no module is in two layers', () => {
  const modules = layers.flat();
  assert.equal(new Set(modules).size, modules.length);
});
