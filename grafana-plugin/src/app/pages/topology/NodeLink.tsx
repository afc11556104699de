import React from 'react';
import { TextLink } from '@grafana/ui';
import { type LinkTo, useLinks } from '../../hooks/useLinks';
import type { TopologyNode } from './tree';

/** A device leads to its page, a place to its devices. */
export function NodeLink({ node }: { readonly node: TopologyNode }): React.JSX.Element {
  const link = useLinks();
  return <TextLink href={nodePath(node, link)}>{node.name}</TextLink>;
}

export function nodePath({ kind, id, name, organization }: TopologyNode, link: LinkTo): string {
  if (kind === 'device') {
    return link('device', { id: id.replace(/^device\//, '') });
  }
  return link('fleet', { organization, ...(kind === 'site' && { site: name }) });
}
