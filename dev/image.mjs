// @ts-check
import { writeFileSync } from 'node:fs';
import { readArguments } from './arguments.mjs';
import { writeBerthImage } from './image/berth.mjs';
import { packageVersion } from './image/root.mjs';
import { requirePackages } from './parts/packages.mjs';
import { say, seconds } from './run.mjs';

const ARCHITECTURES = /** @type {const} */ (['amd64', 'arm64']);

const USAGE = `Usage: npm run image [-- --arch amd64|arm64] [--name NAME] [--output FILE]

Writes the image as an OCI archive, without a container engine, and a bill of materials of each architecture beside it.`;

const { values } = readArguments(USAGE, {
  options: {
    arch: { type: 'string', multiple: true },
    name: { type: 'string', default: `localhost/berth:${packageVersion()}` },
    output: { type: 'string', default: `artifacts/berth-${packageVersion()}.tar` },
  },
});

/** Beside the archive. @param {string | undefined} architecture */
const bomPath = (architecture) => `${values.output.replace(/\.tar$/, '')}-${architecture}.cdx.json`;

await main();

async function main() {
  const asked = values.arch ?? ARCHITECTURES;
  const architectures = ARCHITECTURES.filter((one) => asked.includes(one));
  if (architectures.length !== asked.length) {
    say(`--arch takes ${ARCHITECTURES.join(' or ')}, not ${asked.join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  await requirePackages();
  const started = performance.now();
  const { digest, layerBytes, boms } = await writeBerthImage(values.output, [values.name], architectures);
  for (const [index, bom] of boms.entries()) writeFileSync(bomPath(architectures[index]), bom);
  const sizes = architectures.map((one, index) => `${one} ${((layerBytes[index] ?? 0) / 1e6).toFixed(1)} MB`);
  say(`Wrote ${values.output}: ${values.name} (${sizes.join(', ')}), ${digest}, in ${seconds(started)}.
Load it with one of:
  ctr -n k8s.io images import ${values.output}
  docker load -i ${values.output}
  podman load -i ${values.output}
  kind load image-archive ${values.output}
  k3d image import ${values.output}
  skopeo copy --all oci-archive:${values.output} docker://REGISTRY/${values.name.replace(/^localhost\//, '')}`);
}
