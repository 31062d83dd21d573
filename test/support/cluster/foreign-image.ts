/** An image whose program no node of this machine can run: it is for another architecture. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeImage } from '../../../dev/image/oci.mjs';

export const FOREIGN_IMAGE = 'localhost/berth:foreign';

/** s390x, which has a machine number that neither amd64 nor arm64 has. */
const MACHINE = 22;
const ELF_HEADER_BYTES = 64;

/**
 * Writes the archive, and returns its path. The image says that it is for this machine, as one does that was built wrongly: an
 * honest one is refused earlier.
 */
export function writeForeignImage(folder: string): string {
  const layer = join(folder, 'foreign-layer');
  mkdirSync(join(layer, 'usr/local/bin'), { recursive: true });
  const program = join(layer, 'usr/local/bin/node');
  writeFileSync(program, elfHeader());
  chmodSync(program, 0o755);
  const path = join(folder, 'foreign.tar');
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const config = { Entrypoint: ['/usr/local/bin/node'], User: '65534:65534' };
  writeImage(path, [FOREIGN_IMAGE], [{ architecture, layers: [layer], config }], { gzip: false });
  return path;
}

/** ELF64, big-endian, executable. */
function elfHeader(): Buffer {
  const header = Buffer.alloc(ELF_HEADER_BYTES);
  header.write('\x7fELF', 'latin1');
  header.set([2, 2, 1], 4);
  header.writeUInt16BE(2, 16);
  header.writeUInt16BE(MACHINE, 18);
  header.writeUInt32BE(1, 20);
  return header;
}
