import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { it } from 'node:test';
import { folderOrder } from './folders.ts';
import { entryPoint, SOURCE, testRules } from './support/rule-tables.ts';

testRules({
  'imports between folders of a module': [
    [
      'down is allowed, and within a folder anything goes',
      {
        ...entryPoint('calico/cluster/a.ts'),
        'src/calico/cluster/a.ts': "import '../confd/b.ts';\nimport './c.ts';",
        'src/calico/cluster/c.ts': "import '../objects/d.ts';",
        'src/calico/confd/b.ts': SOURCE,
        'src/calico/objects/d.ts': SOURCE,
      },
      [],
    ],
    [
      'up is not, not even for a type',
      {
        ...entryPoint('calico/confd/a.ts'),
        'src/calico/confd/a.ts': "\nimport type { B } from '../cluster/b.ts';",
        'src/calico/cluster/b.ts': 'export type B = 1;',
      },
      [
        'src/calico/confd/a.ts:2 imports src/calico/cluster/b.ts, up from confd to cluster within calico/: move what they share down.',
      ],
    ],
    [
      'files of the module itself have a place of their own',
      {
        ...entryPoint('ipam/a.ts'),
        'src/ipam/a.ts': "import './index/b.ts';",
        'src/ipam/index/b.ts': "import '../c.ts';",
        'src/ipam/c.ts': SOURCE,
      },
      [
        'src/ipam/index/b.ts:1 imports src/ipam/c.ts, up from index to . within ipam/: move what they share down.',
      ],
    ],
    [
      'its main.ts belongs to main',
      {
        ...entryPoint('speaker/main.ts'),
        'src/speaker/main.ts': "import './main/a.ts';",
        'src/speaker/main/a.ts': "import '../b.ts';",
        'src/speaker/b.ts': SOURCE,
      },
      [],
    ],
    [
      'sub-folders of a sub-folder have an order of their own',
      {
        ...entryPoint('controller/main/controller.ts', 'controller/main/pools/a.ts'),
        'src/controller/main/pools/a.ts': "import '../controller.ts';",
        'src/controller/main/controller.ts': SOURCE,
      },
      [
        'src/controller/main/pools/a.ts:1 imports src/controller/main/controller.ts, up from pools to . within controller/main/: move what they share down.',
      ],
    ],
    [
      'a folder with sub-folders and no order',
      {
        ...entryPoint('calico/cluster/a.ts', 'calico/cluster/deep/b.ts', 'calico/cluster/deep/c.ts'),
        'src/calico/cluster/a.ts': SOURCE,
        'src/calico/cluster/deep/b.ts': SOURCE,
        'src/calico/cluster/deep/c.ts': SOURCE,
      },
      [
        'src/calico/cluster/deep/b.ts:1 lies in a sub-folder of calico/cluster/, which has no order: add it in test/architecture/folders.ts.',
      ],
    ],
    [
      'a folder that the order does not name',
      { ...entryPoint('calico/new/a.ts'), 'src/calico/new/a.ts': SOURCE },
      [
        'src/calico/new/a.ts:1 lies in a folder of calico/ that has no place in its order: add new in test/architecture/folders.ts.',
      ],
    ],
  ],
});

it('orders name folders that exist, and each folder once', () => {
  for (const [folder, order] of Object.entries(folderOrder)) {
    assert.ok(existsSync(`src/${folder}`), folder);
    for (const name of order)
      if (name !== '.' && name !== 'main') assert.ok(existsSync(`src/${folder}/${name}`), name);
    assert.equal(new Set(order).size, order.length, folder);
  }
});
