import assert from 'node:assert/strict';
import { it } from 'node:test';
import { entryPoint, findViolationsIn, SOURCE, testRules } from './support/rule-tables.ts';

testRules({
  'one name, one type': [
    [
      'two exported types of one name',
      {
        ...entryPoint('net/a.ts', 'kube/b.ts'),
        'src/net/a.ts': 'export type Peer = string;\ntype Local = 1;',
        'src/kube/b.ts': 'export interface Peer {}\ntype Local = 2;',
      },
      [
        'src/kube/b.ts:1 exports a type Peer, as src/net/a.ts does: give one of the two concepts another name.',
      ],
    ],
    [
      'classes and enums are types, functions are not, and tests have names of their own',
      {
        ...entryPoint('net/a.ts', 'kube/b.ts', 'ipam/c.ts'),
        'src/net/a.ts': 'export class Peer {}\nexport function one() {}',
        'src/kube/b.ts': '\nexport enum Peer {}',
        'src/ipam/c.ts': 'export function one() {}',
        'test/a.test.ts': 'export type Peer = 1;',
      },
      [
        'src/kube/b.ts:2 exports a type Peer, as src/net/a.ts does: give one of the two concepts another name.',
      ],
    ],
    [
      'what is passed on is declared once',
      {
        ...entryPoint('net/a.ts', 'kube/b.ts'),
        'src/net/a.ts': 'export type Peer = string;',
        'src/kube/b.ts': "export type { Peer } from '../net/a.ts';\nexport const b = 1;",
      },
      [],
    ],
  ],
  'packages and the modules that import them': [
    [
      'each in its module, the heavy ones when first needed or as types',
      {
        ...entryPoint('net/a.ts', 'kube/b.ts', 'observe/c.ts'),
        'src/net/a.ts': "import { Address4 } from 'ip-address';",
        'src/kube/b.ts':
          "import type { KubeConfig } from '@kubernetes/client-node';\nawait import('@kubernetes/client-node');",
        'src/observe/c.ts': "import { Gauge } from 'prom-client';\nimport { hostname } from 'node:os';",
      },
      [],
    ],
    [
      'a package in the wrong module, also one of its files',
      {
        ...entryPoint('config/a.ts'),
        'src/config/a.ts': "import type { V } from '@kubernetes/client-node/dist/gen';",
      },
      [
        'src/config/a.ts:1 imports @kubernetes/client-node, which is for kube/ alone: call that module for what it needs.',
      ],
    ],
    [
      'a heavy package at once',
      { ...entryPoint('http-server/a.ts'), 'src/http-server/a.ts': "import express from 'express';" },
      [
        'src/http-server/a.ts:1 imports express at once: import it where it is first needed, by await import().',
      ],
    ],
    [
      'a package that nobody decided on',
      { ...entryPoint('cli/a.ts'), 'src/cli/a.ts': "import 'left-pad';" },
      [
        'src/cli/a.ts:1 imports left-pad, which no module may import: do without it, or allow a module to in test/architecture/packages.ts.',
      ],
    ],
  ],
  'purity of modules': [
    [
      'take time and chance as arguments',
      {
        ...entryPoint('allocation/a.ts'),
        'src/allocation/a.ts':
          'const t = Date.now();\nconst r = { random: Math.random };\nsetTimeout(f, 1);\nprocess.env["A"];',
      },
      [
        'src/allocation/a.ts:1 uses Date.now in a pure module: take it as an argument.',
        'src/allocation/a.ts:2 uses Math.random in a pure module: take it as an argument.',
        'src/allocation/a.ts:3 uses setTimeout in a pure module: take it as an argument.',
        'src/allocation/a.ts:4 uses process.env in a pure module: take it as an argument.',
      ],
    ],
    [
      'touch nothing of Node',
      { ...entryPoint('ipam/a.ts'), 'src/ipam/a.ts': "import type { Socket } from 'node:net';" },
      ['src/ipam/a.ts:1 imports node:net in a pure module: move the effect to an adapter.'],
    ],
    [
      'may have words of their own that sound alike',
      {
        ...entryPoint('allocation/a.ts'),
        'src/allocation/a.ts': 'clock.now();\nqueue.process(1);\nMath.floor(1);\nnew Date(0);',
      },
      [],
    ],
    [
      'other modules are free to',
      { ...entryPoint('workqueue/a.ts'), 'src/workqueue/a.ts': "import 'node:timers';\nDate.now();" },
      [],
    ],
  ],
  leftovers: [
    [
      'prints, breakpoints and narrowed tests',
      {
        ...entryPoint(),
        'test/a.test.ts': "console.log(1);\nit.only('x', f);\ndescribe('y', { only: true }, f);\ndebugger;",
      },
      [
        'test/a.test.ts:1 calls console.log: log it, write it to a stream that was handed in, or delete it.',
        'test/a.test.ts:2 calls it.only: let all tests run.',
        'test/a.test.ts:3 lets only one test run: delete the option.',
        'test/a.test.ts:4 stops a debugger: delete the line.',
      ],
    ],
    [
      'notes to oneself, in comments of either kind',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': '// FIXME later\n/*\n * TODO: more\n */\nexport const a = 1;',
      },
      [
        'src/net/a.ts:1 says FIXME: do it now, or write it where plans are kept.',
        'src/net/a.ts:2 says TODO: do it now, or write it where plans are kept.',
      ],
    ],
    [
      "texts and names are nobody's leftovers",
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': "export const a = 'console.log() // TODO';\nrange.only(1);",
      },
      [],
    ],
  ],
  waits: [
    [
      'for a condition without a message',
      {
        ...entryPoint(),
        'test/a.test.ts': [
          'await eventually(() => assert.ok(a));',
          'await eventuallySlow(async () => {\n  if (b) assert.ok(f(a, b));\n});',
          "await eventually(() => assert.ok(a, 'not yet'));",
          'assert.ok(a);',
        ].join('\n'),
      },
      [1, 3].map(
        (line) =>
          `test/a.test.ts:${line} waits with assert.ok without a message, which is slow: say what is not true yet.`,
      ),
    ],
  ],
  'file shape': [
    [
      'default exports',
      { ...entryPoint('net/a.ts'), 'src/net/a.ts': '\nexport default function a() {}' },
      ['src/net/a.ts:2 exports a default: give it a name.'],
    ],
    [
      'files that only pass on, in either way',
      {
        ...entryPoint('net/a.ts', 'net/b.ts'),
        'src/net/a.ts': "export { c } from './c.ts';",
        'src/net/b.ts': "import { c } from './c.ts';\nexport { c };",
        'src/net/c.ts': 'export const c = 1;',
      },
      [
        'src/net/a.ts:1 only passes on what others export: import from where things live, and delete it.',
        'src/net/b.ts:1 only passes on what others export: import from where things live, and delete it.',
      ],
    ],
    [
      'names that say nothing',
      { ...entryPoint('net/utils.ts'), 'src/net/utils.ts': SOURCE },
      ['src/net/utils.ts:1 has a name that says nothing: name it for the one idea in it.'],
    ],
    [
      'three hundred lines are enough',
      { ...entryPoint('net/a.ts'), 'src/net/a.ts': `${SOURCE}\n`.repeat(300) },
      [],
    ],
    [
      'one more is not',
      { ...entryPoint('net/a.ts'), 'src/net/a.ts': `${SOURCE}\n`.repeat(301) },
      ['src/net/a.ts:301 has 301 lines, more than 300: give its second idea a file of its own.'],
    ],
  ],
  'marks of a merge': [
    [
      'a file in which two versions stand',
      {
        'deploy/a.yaml': 'kind: A\n<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> 0123456 (one)\n',
        'docs/a.md': 'Title\n=======\n',
      },
      [
        'deploy/a.yaml:2 has the mark of a merge: choose one of the two versions.',
        'deploy/a.yaml:6 has the mark of a merge: choose one of the two versions.',
      ],
    ],
  ],
  'paths of one machine': [
    [
      'in code and in prose',
      {
        ...entryPoint('net/a.ts'),
        'src/net/a.ts': `export const a = '${'/wo'}rk/main';`,
        'docs/a.md': `as in\n\`${'/tm'}p/plan/notes.md\``,
      },
      [
        `docs/a.md:2 speaks of ${'/tm'}p/plan/notes.md, a place on one machine: say where it is in the clone, or leave it out.`,
        `src/net/a.ts:1 speaks of ${'/wo'}rk/main, a place on one machine: say where it is in the clone, or leave it out.`,
      ],
    ],
    [
      'a folder of that name inside of the clone is fine',
      {
        ...entryPoint('config/a.ts'),
        'src/config/a.ts': "import '../workqueue/b.ts';",
        'src/workqueue/b.ts': SOURCE,
        'docs/a.md': 'src/workqueue/',
      },
      [],
    ],
  ],
});

it('a file that does not parse is named', () => {
  assert.throws(
    () => findViolationsIn({ 'src/net/a.ts': 'export const = 1;' }),
    /src\/net\/a\.ts does not parse/,
  );
});
