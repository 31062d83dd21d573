import { readFileSync } from 'node:fs';
import { describe } from 'node:test';
import { contractSuite } from '../contract/suite.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { sharedApi } from '../support/real-api.ts';

const skip = skipWithoutKubernetesBinaries();

describe('kube-apiserver passes the contract', { skip }, () => {
  if (skip !== false) return;
  contractSuite(async () => {
    const { url, token, caFile } = await sharedApi();
    return { url, token, ca: readFileSync(caFile, 'utf8') };
  });
});
