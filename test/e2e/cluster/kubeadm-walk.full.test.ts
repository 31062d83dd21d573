/**
 * docs/install/kubeadm.md as its reader walks it: the commands of the page in their order, on a cluster of real kubelets. After each
 * step `berth status` prints what the page shows, and in the end a page is served.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { sectionOf } from '../../docs/support/markdown.ts';
import { findClient } from '../../support/client-binaries.ts';
import { Cluster } from '../../support/cluster/cluster.ts';
import { WEB_IMAGE } from '../../support/cluster/images.ts';
import { findClusterParts, skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import type { Bird } from '../../support/netns/bird.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import type { CommandResult } from '../../support/run-program.ts';
import { PAGE_PORT, startRouter } from './support/berth-cluster.ts';

const page = readFileSync(join(root, 'docs/install/kubeadm.md'), 'utf8');
const helm = findClient('helm');

/** What differs from the page here, as it says of itself: no image of nginx can be pulled, and the router is not started by hand. */
const HERE: readonly [RegExp, string][] = [
  [
    /--image=nginx --port=80$/m,
    `--image=${WEB_IMAGE} --port=${PAGE_PORT} -- node /page.mjs web ${PAGE_PORT}`,
  ],
  [/(expose deployment web .*--port=80)$/m, `$1 --target-port=${PAGE_PORT}`],
  [/^bird -c bird\.conf$/m, 'true'],
];

const WAYS = [
  {
    section: 'With layer 2',
    url: 'http://10.90.0.100/',
    client: ({ network }: Cluster): NetworkNamespace => network.neighbour,
  },
  {
    section: 'With BGP',
    url: 'http://192.168.5.0/',
    client: ({ network }: Cluster): NetworkNamespace => network.client,
  },
];

/** The blocks of commands, each with what the page shows after it, or null. */
const stepsOf = (section: string): readonly { readonly commands: string; readonly shown: string | null }[] =>
  [
    ...section.matchAll(
      /^```sh\n([\s\S]*?)^```\n(?:\n<!-- recorded: [\w-]+ -->\n```text\n([\s\S]*?)^```$)?/gm,
    ),
  ].map(([, commands = '', shown = null]) => ({
    commands: HERE.reduce((text, [pattern, other]) => text.replace(pattern, other), commands),
    shown,
  }));

/** Without names and times, which differ each time, and the list of what changed when. */
const normalized = (status: string): string =>
  status
    .replace(/^changes [\s\S]*/m, '')
    .replaceAll(/berth-controller-[\da-z]+-[\da-z]{5}/g, 'POD')
    .replaceAll(/\bsince \d+ (s|min)\b/g, 'since TIME')
    .trimEnd();

for (const { section, url, client } of WAYS)
  describe(`docs/install/kubeadm.md, ${section}`, {
    skip: skipWithoutCluster() || (helm.isAvailable ? false : helm.reason),
  }, () => {
    const steps = stepsOf(sectionOf(page, section));
    let cluster: Cluster;
    let router: Bird;

    before(async () => {
      cluster = await Cluster.start({ nodes: 2 });
      router = startRouter(cluster);
      providePrograms();
    });
    after(async () => {
      await router?.end();
      await cluster?.stop();
    });

    const programs = (): string => join(cluster.network.path, 'programs');

    /** The programs by the names that the page calls them. */
    function providePrograms(): void {
      const parts = findClusterParts();
      assert.ok(parts.isAvailable && helm.isAvailable);
      mkdirSync(programs());
      const berth = `"${process.execPath}" "${join(root, 'dist/berth.mjs')}"`;
      const called = { berth, kubectl: parts.kubernetes.kubectl, helm: helm.path };
      for (const [name, command] of Object.entries(called))
        writeFileSync(join(programs(), name), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    }

    /** In the clone, whose folders the page names. What `berth status` prints is awaited afterwards. */
    const shell = (commands: string): Promise<CommandResult> => {
      const before = `PATH="${programs()}:$PATH"\ncd "${root}"`;
      const tolerant = commands.replace(/^berth status$/m, 'berth status || true');
      return cluster.run('sh', ['-e', '-c', `${before}\n${tolerant}`]);
    };

    const shows = (shown: string): Promise<void> =>
      eventually(async () => {
        const { stdout } = await cluster.berth(['status']);
        assert.equal(normalized(stdout), normalized(shown));
      });

    it('begins on a cluster where berth status says what is missing', async () => {
      const [, shown = ''] = /<!-- recorded: 0-empty -->\n```text\n([\s\S]*?)^```$/m.exec(page) ?? [];
      assert.notEqual(shown, '');
      await shows(shown);
    });

    it('leads to a page, and berth status prints what is shown after each step', async () => {
      assert.ok(steps.filter(({ shown }) => shown !== null).length >= 3, 'the page has steps');
      for (const { commands, shown } of steps) {
        const { code, stdout, stderr } = await shell(commands);
        assert.equal(code, 0, `${commands}\n${stdout}${stderr}`);
        if (shown !== null) await shows(shown);
      }
      await awaitResponses(client(cluster), url, 10);
    });
  });
