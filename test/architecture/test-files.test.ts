import { SOURCE, type Tree, testRules } from './support/rule-tables.ts';

const tested = (path: string): Tree => ({
  'src/main.ts': "import './net/a.ts';",
  'src/net/a.ts': SOURCE,
  [path]: "import '../../src/net/a.ts';",
});

testRules({
  'where tests lie': [
    ['at the path of their source', tested('test/net/a.test.ts'), []],
    ['with a part of its name', tested('test/net/a.errors.test.ts'), []],
    ['a law may be about several files', tested('test/net/all.law.test.ts'), []],
    ['tests of no module lie anywhere', tested('test/e2e/all.test.ts'), []],
    [
      'a test without a source',
      tested('test/net/all.test.ts'),
      [
        'test/net/all.test.ts:1 tests no file of its name: move it to the path of its source, src/net/all.ts does not exist.',
      ],
    ],
    [
      'a part of a source that does not exist',
      tested('test/net/all.errors.test.ts'),
      [
        'test/net/all.errors.test.ts:1 tests no file of its name: move it to the path of its source, src/net/all.ts does not exist.',
      ],
    ],
    [
      'two suffixes',
      tested('test/net/a.big.law.test.ts'),
      ['test/net/a.big.law.test.ts:1 has 2 suffixes: name the test y.test.ts or y.KIND.test.ts.'],
    ],
    [
      'helpers lie in support',
      {
        ...tested('test/net/a.test.ts'),
        'test/net/a.test.ts': "import '../../src/net/a.ts';\nimport './support/b.ts';\nimport './c.ts';",
        'test/net/support/b.ts': SOURCE,
        'test/net/c.ts': SOURCE,
      },
      ['test/net/c.ts:1 is no test and lies in no folder `support`: move it into one.'],
    ],
  ],
});
