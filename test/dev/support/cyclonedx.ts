/** Judges a bill of materials by the schema of CycloneDX, with the validator of the project that publishes it. */
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);

/** What the schema of CycloneDX 1.5 refuses, properties that it does not name included, and references that lead nowhere. */
export async function bomComplaints(text: string): Promise<readonly string[]> {
  const { components, dependencies, metadata } = JSON.parse(text) as Bom;
  const refs = new Set([metadata.component, ...components].map((component) => component['bom-ref']));
  const absent = dependencies
    .flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn])
    .filter((ref) => !refs.has(ref));
  const refused = await validator.validate(text);
  return [...(refused === null ? [] : [JSON.stringify(refused)]), ...absent.map((ref) => `no ${ref}`)];
}

type Component = { readonly 'bom-ref': string };
type Bom = {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
};
