/** The archive of `npm run image` in every engine that docs/install/README.md names, as far as Debian has it: each loads it, and Berth starts. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeBerthImage } from '../../dev/image/berth.mjs';
import { packageVersion } from '../../dev/image/root.mjs';
import { enginesFile, enginesLibraries, enginesPath, missingForEngines } from '../../dev/parts/engines.mjs';
import { strict } from '../../dev/place.mjs';
import { Box } from '../support/cluster/box.ts';
import { CgroupTree } from '../support/cluster/cgroups.ts';
import { findClusterParts } from '../support/cluster/parts.ts';
import { eventually } from '../support/eventually.ts';
import { TestNetwork } from '../support/netns/network.ts';

const VERSION = packageVersion();
const IMAGE = `localhost/berth:${VERSION}`;
const REGISTRY = '127.0.0.1:5000';
const PUSHED = `${REGISTRY}/infra/berth:${VERSION}`;
const ARCHITECTURES = ['amd64', 'arm64'] as const;
const PROGRAM = ['node', '/berth/dist/berth.mjs'];
/** Of the image's user. */
const NOBODY = '65534:65534';

const parts = findClusterParts();
const missing = parts.isAvailable ? missingForEngines() : parts.reason;
if (strict && missing !== null) throw new Error(`CI=true, and ${missing}`);

describe('the archive of npm run image', { skip: missing ?? false }, () => {
  let network: TestNetwork;
  let cgroups: CgroupTree;
  let archive: string;
  let digest: string;

  before(async () => {
    network = new TestNetwork();
    cgroups = new CgroupTree(`berth-${process.pid}-1`);
    archive = join(network.path, 'berth.tar');
    ({ digest } = await writeBerthImage(archive, [IMAGE], ARCHITECTURES));
  });
  after(() => {
    network?.destroy();
    cgroups?.remove();
  });

  /** A box with an engine's daemon, or with nothing that runs. */
  function startBox(name: string, command: (folder: string) => readonly string[]): Box {
    assert.ok(parts.isAvailable);
    const folder = join(network.path, name);
    mkdirSync(folder);
    const box = new Box({
      ...{ name, folder, cgroups, host: network.namespace(name) },
      programs: [...enginesPath(), ...parts.programs],
      environment: { LD_LIBRARY_PATH: enginesLibraries().join(':'), HOME: folder },
    });
    box.start(command(folder));
    return box;
  }

  const startContainerd = async (name: string): Promise<Box> => {
    const box = startBox(name, () => ['containerd']);
    await eventually(() => box.run('ctr', 'version'));
    return box;
  };

  it('is loaded and run by docker', async () => {
    const box = startBox('docker', (folder) => [
      ...['dockerd', '--data-root', join(folder, 'data'), '--bridge=none'],
      ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
    ]);
    await eventually(() => box.run('docker', 'version'));
    assert.match(await box.run('docker', 'load', '-i', archive), new RegExp(`Loaded image: ${IMAGE}`));
    const user = ['image', 'inspect', IMAGE, '--format', '{{.Architecture}} {{.Config.User}}'];
    assert.equal((await box.run('docker', ...user)).trim(), `${ownArchitecture()} ${NOBODY}`);
    assert.equal(
      (await box.run('docker', 'run', '--rm', '--network=none', IMAGE, 'version')).trim(),
      VERSION,
    );
    await box.kill();
  });

  it('is loaded and run by podman', async () => {
    const box = startBox('podman', () => ['true']);
    const podman = podmanOptions(join(network.path, 'podman'));
    const run = (...args: readonly string[]): Promise<string> => box.run('env', ...podman, 'podman', ...args);
    const policy = enginesFile('etc/containers/policy.json');
    const loaded = await eventually(() => run('load', '--signature-policy', policy, '-i', archive));
    assert.match(loaded, new RegExp(`Loaded image: ${IMAGE}`));
    assert.equal((await run('run', '--rm', '--network=none', IMAGE, 'version')).trim(), VERSION);
    await box.kill();
  });

  const importing = {
    ctr: ['-n', 'k8s.io', 'images', 'import'],
    'kind load image-archive': [
      ...['-n', 'k8s.io', 'images', 'import', '--all-platforms', '--digests', '--snapshotter=overlayfs'],
    ],
    'k3d image import': ['-n', 'k8s.io', 'images', 'import', '--all-platforms'],
  };
  for (const [name, command] of Object.entries(importing))
    it(`is imported and run by the command that ${name} runs on a node`, async () => {
      const box = await startContainerd(name.split(' ')[0] ?? name);
      await box.run('ctr', ...command, archive);
      const listed = await box.run('ctr', '-n', 'k8s.io', 'images', 'ls', `name==${IMAGE}`);
      assert.ok(listed.includes(digest), listed);
      const said = await box.run('ctr', '-n', 'k8s.io', 'run', '--rm', IMAGE, 'once', ...PROGRAM, 'version');
      assert.equal(said.trim(), VERSION);
      await box.kill();
    });

  it('is copied by skopeo to a registry, from which a node pulls either architecture', async () => {
    const box = await startContainerd('registry');
    const configuration = join(network.path, 'registry.yaml');
    const rootdirectory = join(network.path, 'registry-data');
    writeFileSync(
      configuration,
      JSON.stringify({
        version: 0.1,
        storage: { filesystem: { rootdirectory } },
        http: { addr: REGISTRY },
      }),
    );
    const serving = box.run('docker-registry', 'serve', configuration).catch(() => '');
    const policy = enginesFile('etc/containers/policy.json');
    const copy = ['--policy', policy, 'copy', '--all', '--dest-tls-verify=false'];
    await eventually(() => box.run('skopeo', ...copy, `oci-archive:${archive}`, `docker://${PUSHED}`));
    for (const architecture of ARCHITECTURES) {
      const inspect = ['inspect', '--tls-verify=false', '--override-arch', architecture];
      const { Architecture, Digest } = JSON.parse(await box.run('skopeo', ...inspect, `docker://${PUSHED}`));
      assert.deepEqual({ Architecture, Digest }, { Architecture: architecture, Digest: digest });
      const pull = ['images', 'pull', '--plain-http', '--platform', `linux/${architecture}`];
      await box.run('ctr', ...pull, PUSHED);
    }
    assert.equal(
      (await box.run('ctr', 'run', '--rm', PUSHED, 'once', ...PROGRAM, 'version')).trim(),
      VERSION,
    );
    await box.kill();
    await serving;
  });

  /** By an emulator of the processor, in the image's own root: what is started there are its Node, libraries and koffi. */
  it('starts on arm64, under emulation', async () => {
    const box = await startContainerd('arm64');
    await box.run('ctr', 'images', 'import', '--platform', 'linux/arm64', archive);
    const folder = join(network.path, 'arm64', 'image');
    await box.run('mkdir', folder);
    await box.run('ctr', 'images', 'mount', '--rw', '--platform', 'linux/arm64', IMAGE, folder);
    await box.run('cp', enginesFile('usr/bin/qemu-aarch64-static'), join(folder, 'emulator'));
    const node = (...args: readonly string[]): Promise<string> =>
      box.run('chroot', folder, '/emulator', '/usr/local/bin/node', ...args);
    assert.equal((await node('-p', 'process.arch')).trim(), 'arm64');
    assert.equal((await node('/berth/dist/berth.mjs', 'version')).trim(), VERSION);
    const callKoffi = "require('/berth/dist/node_modules/koffi').load('libc.so.6').func('int getppid()')()";
    assert.match(await node('-p', callKoffi), /^\d+$/m);
    for (const program of ['controller', 'speaker'])
      assert.match(await node('/berth/dist/berth.mjs', program, '--help'), /--health-probe-port/);
    await box.kill();
  });
});

const ownArchitecture = (): string => (process.arch === 'arm64' ? 'arm64' : 'amd64');

/** Podman reads its settings from files that these variables name; here nothing is outside of the folder. */
function podmanOptions(folder: string): readonly string[] {
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const engine = [
    '[engine]',
    `conmon_path = ["${enginesFile('usr/bin/conmon')}"]`,
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    'runtime = "runc"',
  ];
  const storage = [
    '[storage]',
    'driver = "overlay"',
    'runroot = "/run/podman"',
    `graphroot = "${folder}/graph"`,
  ];
  return [
    `CONTAINERS_CONF=${write('containers.conf', engine.join('\n'))}`,
    `CONTAINERS_STORAGE_CONF=${write('storage.conf', storage.join('\n'))}`,
    `CONTAINERS_REGISTRIES_CONF=${write('registries.conf', 'unqualified-search-registries = []\n')}`,
  ];
}
