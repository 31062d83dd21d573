import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runCalico } from '../../../../src/cli/calico/run.ts';
import { PROSE_COLUMNS_MAX } from '../../../../src/cli/framework/lines.ts';
import { runCommand } from '../../support/run-command.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const DUAL_STACK = [
  ...['--range', '192.168.5.0/24', '--range', '192.168.6.10-192.168.6.20,fd00:5::/112'],
  ...['--node-as', '64700', '--router', '10.10.0.1=65116,fd00::1=65116'],
];
const SINGLE_STACK = ['--range', '192.168.5.0/24', '--node-as', '64700', '--router', '10.10.0.1=65116'];

async function printRouter(args: readonly string[]): Promise<string> {
  const { code, out, err } = await runCommand(runCalico, ['router', ...args]);
  assert.equal(err, '');
  assert.equal(code, 0);
  return out;
}

/** Each way to name the nodes, each family, and both kinds of sessions. */
const variants: readonly (readonly [says: string, args: readonly string[]])[] = [
  ['nodes one by one', [...SINGLE_STACK, '--neighbour', '10.10.0.11,10.10.0.12']],
  ['nodes by their subnet', [...SINGLE_STACK, '--neighbours', '10.10.0.0/24']],
  [
    'a password',
    [...SINGLE_STACK, '--neighbours', '10.10.0.0/24', '--password', "a!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"],
  ],
  [
    'iBGP',
    [...SINGLE_STACK, '--router', '10.10.0.2=64700', '--at', '10.10.0.2', '--neighbour', '10.10.0.11'],
  ],
  [
    'IPv6 alone',
    [...DUAL_STACK, '--at', 'fd00::1', '--neighbours', 'fd00::/64', '--password-secret', 'tor/pw'],
  ],
  ['both families', [...DUAL_STACK, '--at', '10.10.0.1,fd00::1', '--neighbour', '10.10.0.11,fd00::11']],
  [
    'both families, by subnet',
    [...DUAL_STACK, '--at', '10.10.0.1,fd00::1', '--neighbours', '10.10.0.0/24,fd00::/64'],
  ],
  [
    'a single address',
    [
      ...['--range', '10.9.0.7/32', '--router', '10.9.0.6=65116', '--node-as', '64700'],
      ...['--neighbour', '10.10.0.11', '--community', '64700:120'],
    ],
  ],
];

/** Router daemons are in folders of services. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

function findProgram(program: string): string | null {
  return FOLDERS.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null;
}

/** BIRD 1 has the same name and another configuration language. */
function findBird2(): string | null {
  const path = findProgram('bird');
  if (path === null) return null;
  const { stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return /version 2\./.test(`${stdout}${stderr}`) ? path : null;
}

/** For the options of a test: false when it can run, else the reason for skipping it. */
const skipWithout = (path: string | null, what: string): string | false =>
  path === null ? `${what} is not installed` : false;

function assertAccepts(
  test: TestContext,
  program: string,
  args: (folder: string) => string[],
  text: string,
): void {
  const folder = createTempFolder(test, { 'router.conf': text, 'vtysh.conf': '' });
  const { status, stdout, stderr } = spawnSync(program, args(folder), { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

const bird = findBird2();
const vtysh = findProgram('vtysh');

for (const [says, args] of variants) {
  describe(`configuration with ${says}`, () => {
    it('fits 100 columns', async () => {
      for (const kind of ['frr', 'bird'])
        for (const line of (await printRouter(['--for', kind, ...args])).split('\n'))
          assert.ok(line.length <= PROSE_COLUMNS_MAX, line);
    });

    it('is valid for BIRD', { skip: skipWithout(bird, 'BIRD 2') }, async (test) => {
      const text = await printRouter(['--for', 'bird', ...args]);
      assertAccepts(test, bird ?? '', (folder) => ['-p', '-c', join(folder, 'router.conf')], text);
    });

    it('is valid for FRR', { skip: skipWithout(vtysh, 'FRR') }, async (test) => {
      const text = await printRouter(['--for', 'frr', ...args]);
      const options = (folder: string): string[] => [
        ...['-C', '-f', join(folder, 'router.conf')],
        ...['--config_dir', folder, '--vty_socket', folder],
      ];
      assertAccepts(test, vtysh ?? '', options, text);
    });
  });
}

const expectations: readonly (readonly [
  what: string,
  args: readonly string[],
  frr: readonly string[],
  bird: readonly string[],
])[] = [
  [
    'accepts the ranges and every address in them, and nothing else',
    [...DUAL_STACK, '--at', '10.10.0.1,fd00::1', '--neighbour', '10.10.0.11,fd00::11'],
    [
      'ip prefix-list berth-services-v4 seq 5 permit 192.168.5.0/24 le 32',
      'ip prefix-list berth-services-v4 seq 25 permit 192.168.6.20/31 le 32',
      'ipv6 prefix-list berth-services-v6 seq 5 permit fd00:5::/112 le 128',
      '  neighbor berth-nodes-v4 route-map berth-from-nodes-v4 in',
      '  neighbor berth-nodes-v6 route-map berth-from-nodes-v6 in',
      '  no neighbor berth-nodes-v6 activate',
      'route-map berth-to-nodes deny 10',
    ],
    ['    192.168.5.0/24+,', '    192.168.6.20/31+', '    fd00:5::/112+', '  reject;', '    export none;'],
  ],
  [
    'has a short hold time and ECMP',
    [...SINGLE_STACK, '--neighbour', '10.10.0.11'],
    [
      ' neighbor berth-nodes-v4 timers 3 9',
      '  maximum-paths 64',
      ' neighbor 10.10.0.11 peer-group berth-nodes-v4',
    ],
    [
      '  hold time 9;',
      '  keepalive time 3;',
      '  merge paths on limit 64;',
      '  neighbor 10.10.0.11 as 64700;',
    ],
  ],
  [
    'has dynamic neighbours of a subnet, with the password',
    [...SINGLE_STACK, '--neighbours', '10.10.0.0/24', '--password', 's3cret'],
    [' bgp listen range 10.10.0.0/24 peer-group berth-nodes-v4', ' neighbor berth-nodes-v4 password s3cret'],
    ['  neighbor range 10.10.0.0/24 as 64700;', '  password "s3cret";'],
  ],
  [
    'is for the selected router, of the AS of the nodes',
    [...SINGLE_STACK, '--router', '10.10.0.2=64700', '--at', '10.10.0.2', '--neighbour', '10.10.0.11'],
    ['router bgp 64700', ' bgp router-id 10.10.0.2', '  maximum-paths ibgp 64'],
    ['  local 10.10.0.2 as 64700;', '  direct;', 'router id 10.10.0.2;'],
  ],
  [
    'has a placeholder for the password of a Secret',
    [...SINGLE_STACK, '--password-secret', 'tor/pw', '--neighbour', '10.10.0.11'],
    [' neighbor berth-nodes-v4 password change-me'],
    ['  password "change-me";'],
  ],
  [
    'accepts a single address',
    [
      ...['--range', '10.9.0.7/32', '--router', '10.9.0.6=65116', '--node-as', '64700'],
      ...['--neighbour', '10.10.0.11'],
    ],
    ['ip prefix-list berth-services-v4 seq 5 permit 10.9.0.7/32'],
    ['    10.9.0.7/32+'],
  ],
];

describe('the configuration', () => {
  for (const [what, args, frr, inBird] of expectations) {
    it(what, async () => {
      for (const [kind, wanted] of [
        ['frr', frr],
        ['bird', inBird],
      ] as const) {
        const lines = (await printRouter(['--for', kind, ...args])).split('\n');
        for (const line of wanted)
          assert.ok(lines.includes(line), `${kind} lacks ${line}\n${lines.join('\n')}`);
      }
    });
  }

  it('has no password without one in the flags', async () => {
    for (const kind of ['frr', 'bird'])
      assert.doesNotMatch(
        await printRouter(['--for', kind, ...SINGLE_STACK, '--neighbour', '10.10.0.11']),
        /password/,
      );
  });
});

describe('invalid flags', () => {
  const KNOWN = ['--for', 'frr', '--neighbour', '10.10.0.11'];
  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [
      [...SINGLE_STACK, '--neighbour', '10.10.0.11'],
      /--for is missing: the software of the router, frr or bird/,
    ],
    [
      [...SINGLE_STACK, '--neighbour', '10.10.0.11', '--for', 'kubectl'],
      /--for is "kubectl"; it takes frr, bird/,
    ],
    [[...SINGLE_STACK, '--for', 'frr'], /the nodes are missing/],
    [[...SINGLE_STACK, ...KNOWN, '--neighbours', '10.10.0.0/24'], /one by one or by their subnet/],
    [[...DUAL_STACK, ...KNOWN], /--at is missing: which of the routers is it, 10\.10\.0\.1, fd00::1\?/],
    [[...SINGLE_STACK, ...KNOWN, '--at', '10.10.0.9'], /is not one of the routers \(10\.10\.0\.1\)/],
    [[...SINGLE_STACK, ...KNOWN, '--at', 'tor'], /--at "tor": the address is not/],
    [
      [...SINGLE_STACK, ...KNOWN, '--router', '10.10.0.2=1', '--at', '10.10.0.1,10.10.0.2'],
      /second IPv4 address/,
    ],
    [
      [
        ...SINGLE_STACK,
        ...KNOWN,
        '--range',
        'fd00:5::/112',
        '--router',
        'fd00::1=1',
        '--at',
        '10.10.0.1,fd00::1',
      ],
      /another AS number/,
    ],
    [[...SINGLE_STACK, ...KNOWN, '--neighbour', '10.10.0.11'], /named twice/],
    [[...SINGLE_STACK, ...KNOWN, '--neighbour', '10.10.0.1'], /is a router, not a node/],
    [[...SINGLE_STACK, ...KNOWN, '--neighbour', '192.168.5.9'], /is in --range 192\.168\.5\.0\/24/],
    [[...SINGLE_STACK, ...KNOWN, '--neighbour', 'w1'], /the address is not an IP address/],
    [[...SINGLE_STACK, ...KNOWN, '--neighbour', 'fd00::11'], /the router has none: leave them out/],
    [
      [...DUAL_STACK, ...KNOWN, '--at', '10.10.0.1', '--neighbour', 'fd00::11'],
      /add its address with another --at/,
    ],
    [[...DUAL_STACK, ...KNOWN, '--at', 'fd00::1'], /no neighbour has an IPv6 address/],
    [[...SINGLE_STACK, ...KNOWN, '--router', 'fd00::1=1', '--at', 'fd00::1'], /no --range is IPv6/],
    [[...SINGLE_STACK, '--for', 'frr', '--neighbours', '10.10.0.1/24'], /did you mean 10\.10\.0\.0\/24\?/],
    [
      [...SINGLE_STACK, '--for', 'frr', '--neighbours', '192.168.0.0/16'],
      /overlaps --range 192\.168\.5\.0\/24/,
    ],
    [[...SINGLE_STACK, ...KNOWN, '--password', 'a"b'], /printable ASCII/],
    [[...SINGLE_STACK, ...KNOWN, '--password', 'a b'], /printable ASCII/],
    [[...SINGLE_STACK, ...KNOWN, '--password', 'a'.repeat(81)], /at most 80/],
    [
      [...SINGLE_STACK, ...KNOWN, '--file', 'x.json'],
      /there is no flag --file here: it belongs to calico model/,
    ],
    [
      ['--for', 'frr'],
      /--range is missing[\s\S]*--node-as is missing[\s\S]*--router is missing[\s\S]*the nodes are missing/,
    ],
  ];
  for (const [args, complaint] of wrong) {
    it(`router ${args.slice(-4).join(' ')}: ${complaint.source}`, async () => {
      const { code, out, err } = await runCommand(runCalico, ['router', ...args]);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, complaint);
    });
  }
});
