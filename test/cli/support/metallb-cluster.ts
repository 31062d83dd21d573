/** A cluster with MetalLB as a migration reads it, before or after what the migration removes. */
import type { MetalLBObjects } from '../../../src/cli/migrate/metallb-state.ts';
import { controllerDeployment, conversion, memberlist, webhookConfiguration } from './metallb-objects.ts';

export const NS = 'metallb-system';

// biome-ignore lint/suspicious/noExplicitAny: objects of the API, read by tests that know their shape
export type AnyObject = any;

/** With the fields that the API server sets. */
export const stored = (raw: AnyObject, uid: string): AnyObject => ({
  ...raw,
  metadata: { ...raw.metadata, uid, resourceVersion: '7', generation: 3, managedFields: [{}] },
});

export const definition = (spec: AnyObject, metadata: AnyObject = {}): AnyObject =>
  stored(
    {
      kind: 'CustomResourceDefinition',
      metadata: { name: 'bgppeers.metallb.io', ...metadata },
      spec: { group: 'metallb.io', ...spec },
    },
    'crd-uid',
  );

export const controller = (ready: number, uid = 'deployment-uid'): AnyObject => ({
  ...stored(controllerDeployment(NS), uid),
  status: { readyReplicas: ready },
});

export const metallbObjects = (parts: Partial<MetalLBObjects>): MetalLBObjects => ({
  namespace: NS,
  deployments: [],
  webhooks: [],
  definitions: [],
  secrets: [],
  saved: null,
  ...parts,
});

export const fullInstallation = (ready: number): MetalLBObjects =>
  metallbObjects({
    deployments: [controller(ready)],
    webhooks: [stored(webhookConfiguration(NS, 'Y2E='), 'webhook-uid')],
    definitions: [definition({ conversion: conversion(NS, 'Y2E=') })],
    secrets: [stored(memberlist(NS, 'deployment-uid'), 'secret-uid')],
  });
