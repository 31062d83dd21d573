/**
 * MetalLB's programs, as a Pod, DaemonSet or Deployment shows them. Images are pulled from anywhere, and copies have names of their
 * own: `quay.io/metallb/speaker`, `mirror.example.com/metallb-speaker`, `openshift4/metallb-rhel9`.
 */
import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../base/json.ts';
import { labelsOf, specOf } from './metadata.ts';

export type MetallbRole = 'speaker' | 'controller';

const ROLES: readonly MetallbRole[] = ['speaker', 'controller'];

const ROLE_AT_END = /(?:^|[/-])metallb[/-](speaker|controller)$/;

/** One image for both programs: the name of the container tells them apart. */
const IMAGE_OF_BOTH = /(?:^|\/)(?:ose-)?metallb(?:-rhel\d+)?$/;

/** The image of Berth, wherever it is pulled from. */
const BERTH_IMAGE = /(?:^|\/)berth(?:[:@]|$)/;

export const isBerthImage = (image: string): boolean => BERTH_IMAGE.test(image);

/** `registry:5000/a/b` of `registry:5000/a/b:v1@sha256:…`. */
export const repositoryOf = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

/** The containers of a Pod, or of the Pods of a workload. */
export function containersOf(raw: Raw): readonly Raw[] {
  const { template, containers } = specOf(raw);
  const own = template === undefined ? containers : fieldsOf(fieldsOf(template)['spec'])['containers'];
  return listOf(own).map(fieldsOf);
}

/** The words that a container runs. */
export const commandLineOf = (container: Raw): readonly string[] => [
  ...textsOf(container['command']),
  ...textsOf(container['args']),
];

/** The container of MetalLB's speaker or controller; null where there is none. */
export function findMetallbContainer(raw: Raw, role: MetallbRole): Raw | null {
  const containers = containersOf(raw);
  const byImage = containers.find((one) => roleOf(one) === role);
  if (byImage !== undefined) return byImage;
  // An image whose name says nothing: the labels of MetalLB's manifests and chart do.
  return (
    (isLabelledMetallb(raw) && containers.find((one) => textOf(one['name']) === role && !isOther(one))) ||
    null
  );
}

function roleOf({ image, name }: Raw): MetallbRole | null {
  const repository = repositoryOf(textOf(image));
  const byImage = ROLE_AT_END.exec(repository)?.[1];
  const text = byImage ?? (IMAGE_OF_BOTH.test(repository) ? textOf(name) : '');
  return ROLES.find((role) => role === text) ?? null;
}

const isLabelledMetallb = (raw: Raw): boolean => {
  const { app, 'app.kubernetes.io/name': name } = labelsOf(raw);
  return app === 'metallb' || name === 'metallb';
};

/** Berth may take the place of MetalLB in its own manifests: then `berth` runs `speaker` or `controller`. */
const isOther = (container: Raw): boolean =>
  isBerthImage(textOf(container['image'])) ||
  commandLineOf(container).some((word) => ROLES.some((role) => role === word));
