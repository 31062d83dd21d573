/** Objects of tests, decoded as the informers of a speaker decode them. */

import assert from 'node:assert/strict';
import { type NodeSlice, sliceOnNode } from '../../../src/announce/decision/endpoints.ts';
import type { Raw } from '../../../src/base/json.ts';
import { decodeEndpointSlice, type EndpointSlice } from '../../../src/objects/endpoint-slice.ts';
import { decodeService, type Service } from '../../../src/objects/service.ts';
import { DEFAULT_SPEAKER } from './cluster.ts';

export const decodedService = (raw: Raw | undefined): Service => decodeService(raw ?? {}) ?? assert.fail();

export const decodedSlice = (raw: Raw | undefined): EndpointSlice =>
  decodeEndpointSlice(raw ?? {}) ?? assert.fail();

export const nodeSlice = (raw: Raw | undefined, node = DEFAULT_SPEAKER.node): NodeSlice =>
  sliceOnNode(decodedSlice(raw), node);
