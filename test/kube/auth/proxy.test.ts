import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseProxyUrl, proxyFromEnvironment } from '../../../src/kube/auth/proxy.ts';

const SERVER = 'https://api.example.com:6443';

type Row = readonly [
  says: string,
  server: string,
  environment: Readonly<Record<string, string>>,
  proxy: string | null,
];

const PROXY = { HTTPS_PROXY: 'http://proxy:3128' };
const through = 'http://proxy:3128/';

const rows: readonly Row[] = [
  ['without a variable', SERVER, {}, null],
  ['HTTPS_PROXY for https', SERVER, PROXY, through],
  ['the lower-case variable', SERVER, { https_proxy: 'http://proxy:3128' }, through],
  ['the upper-case variable wins', SERVER, { ...PROXY, https_proxy: 'http://other' }, through],
  ['not HTTP_PROXY for https', SERVER, { HTTP_PROXY: 'http://proxy:3128' }, null],
  ['HTTP_PROXY for http', 'http://api.example.com', { HTTP_PROXY: 'http://proxy:3128' }, through],
  ['without a scheme', SERVER, { HTTPS_PROXY: 'proxy:3128' }, through],
  ['never for this machine', 'https://localhost:6443', PROXY, null],
  ['never for a loopback address', 'https://127.0.0.9:6443', PROXY, null],
  ['never for ::1', 'https://[::1]:6443', PROXY, null],
  ['NO_PROXY with the name', SERVER, { ...PROXY, NO_PROXY: 'api.example.com' }, null],
  ['NO_PROXY with a domain above it', SERVER, { ...PROXY, NO_PROXY: 'x.org, example.com' }, null],
  ['NO_PROXY with .domain', SERVER, { ...PROXY, NO_PROXY: '.example.com' }, null],
  [
    '.domain is not the domain itself',
    'https://example.com',
    { ...PROXY, NO_PROXY: '.example.com' },
    through,
  ],
  ['another name with the same end', 'https://myexample.com', { ...PROXY, NO_PROXY: 'example.com' }, through],
  ['NO_PROXY with its port', SERVER, { ...PROXY, NO_PROXY: 'example.com:6443' }, null],
  ['NO_PROXY with another port', SERVER, { ...PROXY, NO_PROXY: 'example.com:443' }, through],
  ['NO_PROXY with *', SERVER, { ...PROXY, no_proxy: '*' }, null],
  ['NO_PROXY with a prefix', 'https://10.1.2.3:6443', { ...PROXY, NO_PROXY: '10.0.0.0/8' }, null],
  ['NO_PROXY with another prefix', 'https://10.1.2.3:6443', { ...PROXY, NO_PROXY: '10.2.0.0/16' }, through],
  ['NO_PROXY with the address', 'https://[fd00::1]:6443', { ...PROXY, NO_PROXY: 'fd00::1' }, null],
  ['NO_PROXY with a prefix of IPv6', 'https://[fd00::1]:6443', { ...PROXY, NO_PROXY: 'fd00::/8' }, null],
];

describe('the proxy of the environment', () => {
  for (const [says, server, environment, proxy] of rows) {
    it(says, () => {
      const found = proxyFromEnvironment(new URL(server), environment);
      assert.ok(found.ok);
      assert.equal(found.value?.href ?? null, proxy);
    });
  }

  it('a SOCKS proxy is refused with a sentence, and so is what is no URL', () => {
    const socks = proxyFromEnvironment(new URL(SERVER), { HTTPS_PROXY: 'socks5://proxy:1080' });
    assert.match(
      socks.ok ? '' : socks.error,
      /^environment variable HTTPS_PROXY names a SOCKS proxy, .* use an HTTP proxy/,
    );
    const bad = parseProxyUrl('http://', 'the proxy-url of cluster "x"');
    assert.match(bad.ok ? '' : bad.error, /^the proxy-url of cluster "x" is not a URL such as/);
    const ftp = parseProxyUrl('ftp://proxy', 'the proxy-url of cluster "x"');
    assert.match(ftp.ok ? '' : ftp.error, /is not an http or https URL: "ftp:\/\/proxy"$/);
  });
});
