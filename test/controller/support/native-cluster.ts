/** A cluster with speakers on three nodes, as the controller caches it, and the condition of one Service in it. */

import assert from 'node:assert/strict';
import type { Raw } from '../../../src/base/json.ts';
import {
  evaluateNativeCondition,
  type NativeConditionContext,
} from '../../../src/controller/announced/native/condition.ts';
import { EndpointNodes } from '../../../src/controller/announced/native/endpoint-nodes.ts';
import { classifySpeakerNodes } from '../../../src/controller/announced/native/node-classes.ts';
import type { NativeCondition } from '../../../src/controller/announced/native/reasons.ts';
import {
  parseSpeakerStatus,
  resolveSpeakerStates,
  type SpeakerPod,
  type SpeakerStatus,
} from '../../../src/controller/announced/native/speaker-states.ts';
import { summarizeSlice } from '../../../src/controller/announced/slice-summary.ts';
import { metadataOf } from '../../../src/objects/metadata.ts';
import { decodeNode } from '../../../src/objects/node.ts';
import { decodeService } from '../../../src/objects/service.ts';
import { advertisement, endpointSlice, node, peer, pool, service } from '../../announce/support/cluster.ts';
import { decodedSlice } from '../../announce/support/decoded.ts';

export class NativeCluster {
  nodes: Raw[] = ['w1', 'w2', 'w3'].map((name) => node(name));
  pools = [pool('main', ['10.20.1.0/24', 'fd00:20:1::/64'])];
  advertisements = [advertisement('all')];
  peers = [peer('tor')];
  readonly statuses = new Map<string, SpeakerStatus>();
  pods: readonly SpeakerPod[] = [];
  unreadyNodes: readonly string[] = [];
  readonly endpoints = new EndpointNodes();
  readonly lastAnnounced: NativeConditionContext['lastAnnounced'] = new Map();

  constructor() {
    for (const name of ['w1', 'w2', 'w3']) this.reportStatus(name, ['tor']);
  }

  reportStatus(name: string, up: readonly string[], phase = 'speaking', ignoreExcludeLabel = false): void {
    const sessions = up.map((one) => ({ peer: one, state: 'Established' }));
    const status = parseSpeakerStatus({ node: name, phase, ignoreExcludeLabel, sessions }, 0);
    assert.ok(status);
    this.statuses.set(name, status);
  }

  /** Of the speakers on these nodes, and of no other, the Pods are ready. */
  setReadyPods(...ready: readonly string[]): void {
    this.pods = ['w1', 'w2', 'w3'].map((name) => ({ node: name, isReady: ready.includes(name) }));
  }

  putEndpoints(name: string, ...nodes: readonly string[]): void {
    const raw = endpointSlice(
      name,
      nodes.map((nodeName, index) => ({ addresses: [`10.244.0.${index}`], nodeName })),
    );
    const metadata = { ...metadataOf(raw), name: `${name}-1` };
    this.endpoints.put(summarizeSlice(decodedSlice({ ...raw, metadata })));
  }

  get context(): NativeConditionContext {
    const { pools, advertisements, peers, statuses, pods, lastAnnounced } = this;
    const { byNode: speakers } = resolveSpeakerStates(statuses.values(), {
      ...{ pods, unreadyNodes: new Set(this.unreadyNodes), wall: 0 },
    });
    const config = {
      pools,
      advertisements,
      peers,
      layer2: [],
      communities: [],
      bfdProfiles: [],
      secrets: [],
    };
    const nodes = this.nodes.map(decodeNode);
    const classes = classifySpeakerNodes({
      nodes,
      speakers,
      config,
      namespace: 'metallb-system',
      lbClass: null,
    });
    return { classes, speakers, lastAnnounced };
  }

  evaluate(raw: Raw): NativeCondition | null {
    const one = decodeService(raw);
    assert.ok(one);
    return evaluateNativeCondition(one, this.endpoints.endpointsOf(one.key), this.context);
  }

  /** `True Announced: Announced by BGP …` */
  describe(ips: readonly string[], spec: Raw = {}): string {
    const condition = this.evaluate(service('a', ips, spec));
    return condition === null ? '' : `${condition.status} ${condition.reason}: ${condition.message}`;
  }
}
