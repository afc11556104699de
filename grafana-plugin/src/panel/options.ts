import { type LaneSort, laneSorts, markerKinds, type TimelineKind, windowKinds } from '../timeline/types';

/** As saved in dashboards. */
export interface PanelOptions {
  readonly instanceLabel: string;
  readonly organizationLabel: string;
  /** Template of lane names; empty: the instance. */
  readonly laneLabel: string;
  readonly sort: LaneSort;
  /** CSS pixels; 0: as much as fits. */
  readonly laneHeight: number;
  /** 0: by the distance of the samples. */
  readonly noDataAfterSeconds: number;
  readonly hiddenKinds: TimelineKind[];
  readonly useAnnotations: boolean;
  readonly extendToNextWindow: boolean;
  readonly showToolbar: boolean;
  readonly showLegend: boolean;
  readonly linkToApp: boolean;
  /** Template of a link in pinned cards; empty: none. */
  readonly runbookUrl: string;
}

export const defaultOptions: PanelOptions = {
  instanceLabel: 'instance',
  organizationLabel: 'organization',
  laneLabel: '',
  sort: 'trouble',
  laneHeight: 0,
  noDataAfterSeconds: 0,
  hiddenKinds: [],
  useAnnotations: true,
  extendToNextWindow: false,
  showToolbar: true,
  showLegend: true,
  linkToApp: true,
  runbookUrl: '',
};

const kinds: readonly string[] = [...windowKinds, ...markerKinds];

/** Options as they were saved or written by hand → options this version understands; what it does not gets the default. */
export function readOptions(saved: unknown): PanelOptions {
  const given = isRecord(saved) ? saved : {};
  const text = (name: 'instanceLabel' | 'organizationLabel' | 'laneLabel' | 'runbookUrl') => {
    const value = given[name];
    return typeof value === 'string' ? value : defaultOptions[name];
  };
  const flag = (name: 'useAnnotations' | 'extendToNextWindow' | 'showToolbar' | 'showLegend' | 'linkToApp') => {
    const value = given[name];
    return typeof value === 'boolean' ? value : defaultOptions[name];
  };
  const size = (name: 'laneHeight' | 'noDataAfterSeconds') => {
    const value = given[name];
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : defaultOptions[name];
  };
  const hidden = given['hiddenKinds'];
  return {
    instanceLabel: text('instanceLabel').trim() || defaultOptions.instanceLabel,
    organizationLabel: text('organizationLabel').trim() || defaultOptions.organizationLabel,
    laneLabel: text('laneLabel'),
    sort: laneSorts.find((sort) => sort === given['sort']) ?? defaultOptions.sort,
    laneHeight: size('laneHeight'),
    noDataAfterSeconds: size('noDataAfterSeconds'),
    hiddenKinds: Array.isArray(hidden) ? hidden.filter((kind): kind is TimelineKind => kinds.includes(kind)) : [],
    useAnnotations: flag('useAnnotations'),
    extendToNextWindow: flag('extendToNextWindow'),
    showToolbar: flag('showToolbar'),
    showLegend: flag('showLegend'),
    linkToApp: flag('linkToApp'),
    runbookUrl: text('runbookUrl'),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
