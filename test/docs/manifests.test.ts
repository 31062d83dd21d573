/** Manifests of metallb.io that the pages show are valid, as the programs read them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/place.mjs';
import { fieldsOf, textOf } from '../../src/base/json.ts';
import { readBgpAdvertisement } from '../../src/config/advertisement.ts';
import { readBfdProfile } from '../../src/config/bfd-profile.ts';
import { readCommunityAliases } from '../../src/config/community.ts';
import { readL2Advertisement } from '../../src/config/l2-advertisement.ts';
import { readBgpPeer } from '../../src/config/peer.ts';
import { buildPoolSet, toPoolObject } from '../../src/config/pool/pool-set.ts';
import { manifestsOf, pagesOf } from './support/markdown.ts';

function poolComplaints(raw: unknown): readonly unknown[] {
  const [state] = buildPoolSet([toPoolObject(raw)], null).byName.values();
  return [...(state?.issues ?? ['it is no pool']), ...(state?.warnings ?? [])];
}

/** What the programs complain about, by kind. */
const COMPLAINTS: Readonly<Record<string, (raw: unknown) => readonly unknown[]>> = {
  IPAddressPool: poolComplaints,
  BGPPeer: (raw) => readBgpPeer(raw).issues,
  BGPAdvertisement: (raw) => readBgpAdvertisement(raw).issues,
  L2Advertisement: (raw) => readL2Advertisement(raw).issues,
  BFDProfile: (raw) => readBfdProfile(raw).issues,
  Community: (raw) => readCommunityAliases(raw).issues,
};

const shown = pagesOf(root).flatMap((page) =>
  manifestsOf(readFileSync(join(root, page), 'utf8')).flatMap((text) =>
    parseAllDocuments(text).map((document) => ({
      page,
      errors: document.errors,
      raw: document.toJS() as unknown,
    })),
  ),
);

describe('manifests on the pages', () => {
  it('are YAML', () => {
    for (const { page, errors } of shown) assert.deepEqual(errors, [], page);
  });

  it('of metallb.io are valid', () => {
    const counts = new Map<string, number>();
    for (const { page, raw } of shown) {
      const { apiVersion, kind } = fieldsOf(raw);
      if (!textOf(apiVersion).startsWith('metallb.io/')) continue;
      const complaintsOf = COMPLAINTS[textOf(kind)];
      assert.ok(complaintsOf !== undefined, `${page}: ${textOf(kind)} is no kind that anybody writes`);
      assert.deepEqual(complaintsOf(raw), [], `${page}: ${textOf(kind)}`);
      counts.set(textOf(kind), (counts.get(textOf(kind)) ?? 0) + 1);
    }
    for (const kind of ['IPAddressPool', 'BGPPeer', 'BGPAdvertisement', 'L2Advertisement', 'BFDProfile'])
      assert.ok((counts.get(kind) ?? 0) > 0, `no page shows a ${kind}`);
  });
});
