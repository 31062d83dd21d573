/** The images of a cluster as containerd keeps them on its disk. They are unpacked once, and each node begins with a copy. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../eventually.ts';
import type { NetworkNamespace } from '../netns/network.ts';
import { Box } from './box.ts';
import type { CgroupTree } from './cgroups.ts';

const execute = promisify(execFile);

/** Written in place, so that a node needs its own. */
const DATABASES = [
  'io.containerd.metadata.v1.bolt/meta.db',
  'io.containerd.snapshotter.v1.overlayfs/metadata.db',
];
/** Says which containerd this is. */
const IDENTITY = 'io.containerd.grpc.v1.introspection';
/** Nothing runs here, so that there is nothing for a kubelet to ask. */
const CONFIGURATION = 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n';

export class ImageStore {
  readonly #disk: string;

  private constructor(disk: string) {
    this.#disk = disk;
  }

  /** Unpacks archives below `folder`, by a containerd that has ended when this returns. */
  static async unpack(
    archives: readonly string[],
    options: {
      readonly folder: string;
      readonly host: NetworkNamespace;
      readonly cgroups: CgroupTree;
      readonly programs: readonly string[];
    },
  ): Promise<ImageStore> {
    const folder = join(options.folder, 'image-store');
    mkdirSync(folder);
    const configuration = join(folder, 'containerd.toml');
    writeFileSync(configuration, CONFIGURATION);
    const box = new Box({ ...options, name: 'image-store', folder });
    box.start(['containerd', '--config', configuration]);
    try {
      await eventually(() => box.run('ctr', 'version'));
      for (const archive of archives) await box.run('ctr', '-n', 'k8s.io', 'images', 'import', archive);
    } finally {
      await box.kill();
    }
    return new ImageStore(join(folder, 'containerd'));
  }

  /** Makes the disk of a node's containerd. Layers and blobs are never written again, so all nodes share one copy of them. */
  async copyTo(disk: string): Promise<void> {
    await execute('cp', ['--archive', '--link', this.#disk, disk]);
    for (const database of DATABASES) {
      rmSync(join(disk, database));
      copyFileSync(join(this.#disk, database), join(disk, database));
    }
    rmSync(join(disk, IDENTITY), { recursive: true, force: true });
  }
}
