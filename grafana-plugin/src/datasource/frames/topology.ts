import {
  createDataFrame,
  type DataFrame,
  type FieldConfig,
  FieldType,
  NodeGraphDataFrameFieldNames as Names,
} from '@grafana/data';
import type { Topology } from '../../shared/api/types';
import { devicePath } from '../../shared/links';
import type { FrameOptions } from './tables';

type Node = Topology['nodes'][number];

const icons: Record<Node['kind'], string> = { organization: 'building', site: 'map-marker', device: 'monitor' };

/** Arcs are parts of the devices below a node; a device counts in one of them only. Colours are names of the theme. */
const arcs: ReadonlyArray<{ name: string; label: string; color: string; part: (node: Node) => number }> = [
  { name: 'compliant', label: 'Compliant', color: 'green', part: ({ compliant }) => compliant },
  { name: 'nonCompliant', label: 'Not compliant', color: 'red', part: ({ nonCompliant }) => nonCompliant },
  { name: 'unknown', label: 'Unknown', color: 'gray', part: ({ unknown }) => unknown },
];

/** The two frames of Grafana's node graph. */
export function topologyFrames({ nodes, edges }: Topology, { refId, span }: FrameOptions): DataFrame[] {
  const meta = { preferredVisualisationType: 'nodeGraph' as const };
  const column = (name: string, type: FieldType, value: (node: Node) => unknown, config: FieldConfig = {}) => ({
    name,
    type,
    config,
    values: nodes.map(value),
  });
  const detail = (name: keyof Node, label: string) =>
    column(`${Names.detail}${name}`, FieldType.number, (node) => node[name], { displayName: label });
  const known = new Set(nodes.map(({ id }) => id));
  const drawn = edges.filter(({ from, to }) => known.has(from) && known.has(to));
  return [
    createDataFrame({
      refId,
      name: 'nodes',
      meta,
      fields: [
        column(Names.id, FieldType.string, ({ id }) => id),
        column(Names.title, FieldType.string, ({ name }) => name),
        column(Names.subTitle, FieldType.string, ({ kind, organization }) =>
          kind === 'organization' ? kind : `${kind} of ${organization}`,
        ),
        column(Names.mainStat, FieldType.string, mainStat),
        column(Names.secondaryStat, FieldType.string, secondaryStat),
        column(Names.icon, FieldType.string, ({ kind }) => icons[kind] ?? 'circle'),
        ...arcs.map(({ name, label, color, part }) =>
          column(
            `${Names.arc}${name}`,
            FieldType.number,
            (node) => (node.devices === 0 ? 0 : part(node) / node.devices),
            {
              displayName: label,
              color: { mode: 'fixed', fixedColor: color },
            },
          ),
        ),
        detail('devices', 'Devices'),
        detail('quiet', 'Quiet now'),
        detail('rebootPending', 'Waiting for a restart'),
        detail('missingCritical', 'Critical updates missing'),
        detail('nonCompliant', 'Not compliant'),
        detail('unknown', 'Unknown'),
        column(`${Names.detail}link`, FieldType.string, (node) => linkOf(node, span) ?? '', {
          displayName: 'Device page',
          links: [{ title: 'Open device', url: '${__data.fields.detail__link}' }],
        }),
      ],
    }),
    createDataFrame({
      refId,
      name: 'edges',
      meta,
      fields: [
        { name: Names.id, type: FieldType.string, values: drawn.map(({ from, to }) => `${from} → ${to}`) },
        { name: Names.source, type: FieldType.string, values: drawn.map(({ from }) => from) },
        { name: Names.target, type: FieldType.string, values: drawn.map(({ to }) => to) },
      ],
    }),
  ];
}

function mainStat({ kind, devices, compliant, nonCompliant }: Node): string {
  if (kind === 'device') {
    return compliant > 0 ? 'Compliant' : nonCompliant > 0 ? 'Not compliant' : 'Unknown';
  }
  return `${compliant} of ${devices} compliant`;
}

/** The one thing most worth a look. */
function secondaryStat({ quiet, missingCritical, rebootPending }: Node): string {
  if (quiet > 0) {
    return `${quiet} quiet`;
  }
  if (missingCritical > 0) {
    return `${missingCritical} critical missing`;
  }
  return rebootPending > 0 ? `${rebootPending} wait for a restart` : '';
}

function linkOf({ kind, id }: Node, span: FrameOptions['span']): string | undefined {
  return kind === 'device' ? devicePath(id.replace(/^device\//, ''), span) : undefined;
}
