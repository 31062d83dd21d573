/** What a program would refuse of its `extraArgs` when its Pods start, the chart refuses before it installs anything. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type FlagSpec, parseFlags } from '../../src/base/flags.ts';
import { type Random, seeded, seeds } from '../support/random.ts';
import { CHART, named, objectsOf, render, skipWithoutHelm } from './support/chart.ts';
import { chartFlagsFile, FLAG_TABLES, heldValues } from './support/chart-flags.ts';

type Part = keyof typeof FLAG_TABLES;

const REFUSED: readonly [string, string, RegExp][] = [
  ['an unknown flag', '--no-such-flag', /the (\w+) has no flag --no-such-flag: "berth \1 --help" lists/],
  ['--help, by which Pods would end at once', '--help', /has no flag --help/],
  ['a flag and its value in one item', '--drain-wait 5s', /"--drain-wait 5s" is no flag: write each as one/],
  ['what is no flag', 'debug', /"debug" is no flag/],
  ['a flag without its value', '--port', /--port needs a value: write it as one item, "--port=…"/],
  ['a choice that is none', '--log-level=loud', /--log-level is "loud": it takes all, debug, info/],
  ['a number out of its range', '--port=65536', /--port is "65536": it takes a whole number from 0 to 65535/],
  ['an endless number', `--port=${'9'.repeat(30)}`, /--port is "9+": it takes a whole number/],
];

/** The program takes them, and something else would fail. */
const HELD: readonly [string, string, RegExp][] = [
  [
    'a port that its probes do not ask',
    '--health-probe-port=8080',
    /--health-probe-port is "8080": the release relies on 17472, so another one needs an overlay$/,
  ],
  ['no port for its probes', '--health-probe-port=0', /--health-probe-port is "0": the release relies on/],
  ['a port that nobody scrapes', '--port=9121', /--port is "9121": .* on 9120, .*; 0 switches it off$/],
  ['one name for all Pods', '--pod-name=mine', /--pod-name is "mine": the manifest gives each Pod its own/],
  ['a namespace without its rights', '--namespace=other', /--namespace is "other": the manifest gives/],
  ['a kubeconfig that its image lacks', '--kubeconfig=/config', /--kubeconfig is "\/config": the manifest/],
];

const OWN: readonly [Part, string, RegExp][] = [
  ['controller', '--lease-duration=30', /--lease-duration is "30": it takes a duration such as 60s/],
  ['controller', '--leader-elect=yes', /--leader-elect is "yes": it takes true or false/],
  ['controller', '--calico=false', /--calico is "false": it takes off, auto, required/],
  ['controller', '--listen-port=1790', /the controller has no flag --listen-port/],
  ['speaker', '--lease-duration=30s', /the speaker has no flag --lease-duration/],
  [
    'speaker',
    '--view-port=8080',
    /--view-port is "8080": the release relies on 17473, .*; 0 switches it off$/,
  ],
  ['speaker', '--node-name=n1', /--node-name is "n1": the manifest gives each Pod its own: leave it out$/],
  ['speaker', '--ml-bindport=0', /--ml-bindport is "0": it takes a whole number from 1 to 65534/],
];

const ACCEPTED: readonly [Part, readonly string[]][] = [
  ['controller', ['--calico=off', '-leader-elect', '--lease-duration', '30s', '--ip-mode=']],
  ['controller', ['--port=9120', '--health-probe-port=17472']],
  ['speaker', ['--port=0', '--view-port=0']],
  ['controller', ['--tls-cipher-suites=A,B', '--webhook-mode=disabled', '--lb-class=a=b']],
  [
    'speaker',
    ['--drain-on-cordon=F', '--listen-port=01790', '--l2-failback-delay=1m30s', '--view-port', '0'],
  ],
];

const withArgs = (part: Part, extraArgs: readonly string[]): object =>
  named('native', { [part]: { extraArgs } });

/** Items of all kinds: flags of this program and of the other, with values that fit and that do not. */
function randomArgs(random: Random, part: Part): readonly string[] {
  const names = Object.keys(FLAG_TABLES[random.chance(0.9) ? part : 'controller']);
  const values = [
    '',
    '0',
    '7',
    '007',
    '70000',
    '1.5',
    '-1',
    'true',
    'F',
    'off',
    'auto',
    '5s',
    '1m30s',
    '.5s',
    'a=b',
  ];
  return Array.from({ length: 1 + random.below(3) }, () => {
    const name = random.pick(names);
    const spec: FlagSpec | undefined = FLAG_TABLES[part][name];
    const value = random.pick([...values, ...(spec?.choices ?? []), ...(heldValues(part)[name] ?? [])]);
    const dashes = random.pick(['--', '--', '--', '-', '']);
    return random.pick([[`${dashes}${name}=${value}`], [`${dashes}${name}`], [`--${name}`, value]]);
  }).flat();
}

/** Whether a program starts with these arguments; of a flag that is given twice, it reads the last one alone. */
function isAccepted(part: Part, args: readonly string[]): boolean {
  const parsed = parseFlags(FLAG_TABLES[part], args, {});
  return parsed.ok && parsed.value.positionals.length === 0;
}

/** Whether the rest of the release goes on with a program of these arguments, which it accepts. */
function isWhole(part: Part, args: readonly string[]): boolean {
  const parsed = parseFlags(FLAG_TABLES[part], args, {});
  assert.ok(parsed.ok);
  const { given, flags } = parsed.value;
  return Object.entries(heldValues(part)).every(
    ([name, values]) => !given.has(name) || values.includes(String(flags[name])),
  );
}

describe('extraArgs of the chart', { skip: skipWithoutHelm }, () => {
  it('are judged by the flags of the programs', () => {
    assert.equal(readFileSync(join(CHART, 'flags.yaml'), 'utf8'), chartFlagsFile());
  });

  for (const [sentence, argument, says] of REFUSED)
    it(`are refused for ${sentence}`, () => {
      for (const part of ['controller', 'speaker'] as const) {
        assert.ok(!isAccepted(part, [argument]), 'the program accepts it');
        const { code, stderr } = render(withArgs(part, [argument]));
        assert.notEqual(code, 0, 'it was rendered');
        assert.match(stderr, new RegExp(`${part}\\.extraArgs: .*${says.source}`));
      }
    });

  for (const [sentence, argument, says] of HELD)
    it(`are refused for ${sentence}`, () => {
      for (const part of ['controller', 'speaker'] as const) {
        assert.ok(isAccepted(part, [argument]), 'the program refuses it');
        const { code, stderr } = render(withArgs(part, [argument]));
        assert.notEqual(code, 0, 'it was rendered');
        assert.match(stderr, new RegExp(`${part}\\.extraArgs: .*${says.source}`, 'm'));
      }
    });

  for (const [part, argument, says] of OWN)
    it(`are refused for the ${part}'s ${argument}`, () => {
      const { stderr } = render(withArgs(part, [argument]));
      assert.match(stderr, new RegExp(`${part}\\.extraArgs: .*${says.source}`, 'm'));
    });

  for (const [part, args] of ACCEPTED)
    it(`of a ${part} may be ${args.join(' ')}`, () => {
      const kind = part === 'controller' ? 'Deployment' : 'DaemonSet';
      const workload = objectsOf(withArgs(part, args)).find((one) => one.kind === kind);
      assert.deepEqual(workload.spec.template.spec.containers[0].args.slice(-args.length), args);
    });

  it('are all complained of at once', () => {
    const { stderr } = render(
      named('native', {
        controller: { extraArgs: ['--a-b', '--port=x', '-c-d'] },
        speaker: { extraArgs: ['e'] },
      }),
    );
    assert.equal(stderr.match(/^- (controller|speaker)\.extraArgs: /gm)?.length, 4, stderr);
  });

  it('are refused if the program would refuse them, or the rest of the release relies on others, and only then', () => {
    for (const seed of seeds(12, 300)) {
      const random = seeded(seed);
      const [controller, speaker] = [randomArgs(random, 'controller'), randomArgs(random, 'speaker')];
      const { stderr } = render(
        named('native', { controller: { extraArgs: controller }, speaker: { extraArgs: speaker } }),
      );
      for (const [part, args] of [
        ['controller', controller],
        ['speaker', speaker],
      ] as const) {
        const names = args.map((one) => one.replace(/^-+/, '').replace(/=.*/s, ''));
        if (new Set(names).size < names.length) continue;
        const isFine = isAccepted(part, args) && isWhole(part, args);
        const refusal = `seed ${seed}: ${part} ${JSON.stringify(args)}\n${stderr}`;
        assert.equal(!stderr.includes(`- ${part}.extraArgs: `), isFine, refusal);
      }
    }
  });
});
