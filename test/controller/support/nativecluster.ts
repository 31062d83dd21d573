/** A cluster with speakers on three nodes, as the controller sees it, and what it says of one Service. */

import assert from 'node:assert/strict';
import { readNode } from '../../../src/announce/node.ts';
import type { Raw } from '../../../src/cluster/fields.ts';
import { EndpointNodes, readSliceNodes } from '../../../src/controller/nativeendpoints.ts';
import { nodeClasses } from '../../../src/controller/nativenodes.ts';
import type { NativeWord } from '../../../src/controller/nativereasons.ts';
import {
  readDocument,
  type SpeakerDocument,
  type SpeakerPod,
  speakerWords,
} from '../../../src/controller/nativespeakers.ts';
import { type NativeWorld, nativeWord } from '../../../src/controller/nativewords.ts';
import { translateService } from '../../../src/kube/translate.ts';
import { advertisement, node, peer, pool, service, slice } from '../../announce/cluster.ts';

export class Cluster {
  nodes: Raw[] = ['w1', 'w2', 'w3'].map((name) => node(name));
  pools = [pool('main', ['10.20.1.0/24', 'fd00:20:1::/64'])];
  advertisements = [advertisement('all')];
  peers = [peer('tor')];
  readonly documents = new Map<string, SpeakerDocument>();
  pods: readonly SpeakerPod[] = [];
  readonly endpoints = new EndpointNodes();
  readonly standing: NativeWorld['standing'] = new Map();

  constructor() {
    for (const name of ['w1', 'w2', 'w3']) this.says(name, ['tor']);
  }

  says(name: string, up: readonly string[], phase = 'speaking', ignoreExcludeLabel = false): void {
    const sessions = up.map((one) => ({ peer: one, state: 'Established' }));
    const text = JSON.stringify({ node: name, phase, ignoreExcludeLabel, sessions });
    const document = readDocument(text, 0);
    assert.ok(document);
    this.documents.set(name, document);
  }

  /** Of the speakers on these nodes, and of no other, the Pods are ready. */
  runsOn(...ready: readonly string[]): void {
    this.pods = ['w1', 'w2', 'w3'].map((name) => ({ node: name, isReady: ready.includes(name) }));
  }

  serves(name: string, ...nodes: readonly string[]): void {
    const raw = slice(
      name,
      nodes.map((nodeName, index) => ({ addresses: [`10.244.0.${index}`], nodeName })),
    );
    this.endpoints.put(`web/${name}-1`, readSliceNodes(raw));
  }

  get world(): NativeWorld {
    const { pools, advertisements, peers, documents, pods, standing } = this;
    const { words } = speakerWords(documents.values(), pods, 0);
    const config = {
      pools,
      advertisements,
      peers,
      layer2: [],
      communities: [],
      bfdProfiles: [],
      secrets: [],
    };
    const nodes = this.nodes.map(readNode);
    const classes = nodeClasses({ nodes, words, config, namespace: 'metallb-system', lbClass: null });
    return { classes, words, standing };
  }

  word(raw: Raw): NativeWord | null {
    const one = translateService(raw);
    assert.ok(one);
    return nativeWord(one, this.endpoints.of(one.key), this.world);
  }

  /** `True Announced: Announced by BGP …` */
  saysOf(ips: readonly string[], spec: Raw = {}): string {
    const word = this.word(service('a', ips, spec));
    return word === null ? '' : `${word.status} ${word.reason}: ${word.message}`;
  }
}
