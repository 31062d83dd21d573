import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { EXIT_CODES } from '../../src/base/exit-codes.ts';
import { parseFlags } from '../../src/base/flags.ts';
import { CONTROLLER_FLAGS, IGNORED_FLAGS } from '../../src/controller/flags.ts';
import { controllerMain } from '../../src/controller/main.ts';

const TABLE = { ...CONTROLLER_FLAGS, ...IGNORED_FLAGS };

/** As MetalLB's manifests and chart give them to its controller. */
const METALLB: readonly (readonly [string, string | number | boolean | readonly string[]])[] = [
  ['--port=7472', 7472],
  ['--log-level=info', 'info'],
  ['--namespace=metallb-system', 'metallb-system'],
  ['--lb-class=example.com/lb', 'example.com/lb'],
  ['--ml-secret-name=memberlist', 'memberlist'],
  ['--deployment=controller', 'controller'],
  ['--webhook-mode=enabled', 'enabled'],
  ['--disable-cert-rotation=true', true],
  ['--cert-service-name=metallb-webhook-service', 'metallb-webhook-service'],
  ['--tls-min-version=VersionTLS13', 'VersionTLS13'],
  ['--kubeconfig=/root/config', '/root/config'],
];

describe('flags of MetalLB', () => {
  for (const [flag, value] of METALLB) {
    for (const text of [flag, flag.slice(1)]) {
      it(text, () => {
        const parsed = parseFlags(TABLE, [text], {});
        assert.ok(parsed.ok, parsed.ok ? '' : parsed.error.join('\n'));
        const name = /^-+([a-z-]+)=/.exec(text)?.[1] as keyof typeof TABLE;
        assert.deepEqual(parsed.value.flags[name], value);
      });
    }
  }

  it('the environment variable counts where a flag is absent', () => {
    const environment = {
      METALLB_NAMESPACE: 'elsewhere',
      METALLB_ML_SECRET_NAME: 's',
      METALLB_DEPLOYMENT: 'd',
    };
    const parsed = parseFlags(TABLE, [], environment);
    assert.ok(parsed.ok);
    const { namespace, deployment } = parsed.value.flags;
    assert.deepEqual([namespace, deployment, parsed.value.flags['ml-secret-name']], ['elsewhere', 'd', 's']);
  });
});

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await controllerMain(args, {
    environment: {},
    stdout,
    stderr,
    version: 'test',
    signal: AbortSignal.abort(),
    certificateCommand: null,
    script: null,
  });
  const read = (stream: PassThrough): string => {
    let text = '';
    // One `read` gives all that is buffered up to Node 24, and one chunk from Node 26 on.
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) text += chunk;
    return text;
  };
  return { code, out: read(stdout), err: read(stderr) };
}

describe('a wrong value is explained', () => {
  const table: readonly (readonly [flag: string, says: RegExp])[] = [
    ['--port=http', /--port is "http"; it takes a whole number from 0 to 65535/],
    ['--port=70000', /--port is "70000"/],
    ['--health-probe-port=-1', /--health-probe-port/],
    ['--log-level=loud', /--log-level is "loud"; it takes all, debug, info, warn, error, none/],
    ['--foreign-addresses=eat', /it takes keep, replace/],
    ['--unmet-requests=eat', /it takes keep, release/],
    ['--ip-mode=vip', /--ip-mode is "vip"; it takes VIP, Proxy/],
    ['--pool-delete-grace=soon', /it takes a duration such as 60s/],
    ['--leader-elect=maybe', /it takes true or false/],
    ['--lease-duration=5s', /--lease-duration must be longer than --renew-deadline/],
    ['--retry-period=0', /--retry-period must be longer than 0/],
    ['--tls-min-version=TLS9', /TLS9/],
    ['--tls-cipher-suites=ROT13', /ROT13/],
    ['--no-such-flag', /there is no flag --no-such-flag/],
    ['stray', /"stray" is not a flag/],
    ['--namespace', /--namespace needs a value/],
  ];
  for (const [flag, says] of table) {
    it(flag, async () => {
      const { code, out, err } = await run(flag);
      assert.equal(code, EXIT_CODES.usage);
      assert.match(err, says);
      assert.equal(out, '');
    });
  }

  it('all wrong values at once', async () => {
    const { err } = await run('--port=x', '--leader-elect=maybe', '--log-level=loud');
    for (const flag of ['--port', '--leader-elect', '--log-level']) assert.ok(err.includes(flag), err);
  });
});

it('--help lists every flag, and names the ignored ones', async () => {
  const { code, out } = await run('--help');
  assert.equal(code, EXIT_CODES.success);
  for (const name of Object.keys(TABLE)) assert.ok(out.includes(`--${name}`), name);
  for (const line of out.split('\n')) assert.ok(line.length <= 100, line);
});
