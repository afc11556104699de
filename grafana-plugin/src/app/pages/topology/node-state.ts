import type { Look } from '../../../shared/format/looks';
import type { TopologyNode } from './tree';

/** The worst that is true of a node, in words, with what is unknown never passing for good. */
export function nodeLook(node: TopologyNode): Look {
  const { kind, nonCompliant, failed, unknown, rebootPending, quiet } = node;
  const counted = (count: number, words: string) => (kind === 'device' ? words : `${count.toLocaleString()} ${words}`);
  if (failed > 0) {
    return { text: counted(failed, 'failed'), icon: 'times-circle', tone: 'bad' };
  }
  if (nonCompliant > 0) {
    return { text: counted(nonCompliant, 'not compliant'), icon: 'exclamation-circle', tone: 'bad' };
  }
  if (quiet > 0) {
    return { text: counted(quiet, 'quiet'), icon: 'bell-slash', tone: 'info' };
  }
  if (rebootPending > 0) {
    return { text: counted(rebootPending, 'waiting for restart'), icon: 'sync', tone: 'warn' };
  }
  if (unknown > 0) {
    return { text: counted(unknown, 'unknown'), icon: 'question-circle', tone: 'neutral' };
  }
  return { text: 'compliant', icon: 'check-circle', tone: 'good' };
}

/** Everything about a node in one sentence, for screen readers. */
export function nodeSentence(node: TopologyNode): string {
  const kinds = { organization: 'organization', site: 'site', device: 'device' };
  const facts = [
    node.kind === 'device' ? '' : `${node.devices.toLocaleString()} ${node.devices === 1 ? 'device' : 'devices'}`,
    count(node.compliant, 'compliant', node.kind),
    count(node.nonCompliant, 'not compliant', node.kind),
    count(node.unknown, 'unknown', node.kind),
    count(node.failed, 'with a failed update', node.kind),
    count(node.rebootPending, 'waiting for restart', node.kind),
    count(node.quiet, 'quiet', node.kind),
  ];
  return `${node.name}, ${kinds[node.kind]}: ${facts.filter((fact) => fact !== '').join(', ')}`;
}

function count(number: number, words: string, kind: TopologyNode['kind']): string {
  return number === 0 ? '' : kind === 'device' ? words : `${number.toLocaleString()} ${words}`;
}
