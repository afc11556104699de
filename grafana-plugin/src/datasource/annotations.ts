import {
  type AnnotationEvent,
  type AnnotationQuery,
  type AnnotationSupport,
  type DataFrame,
  type GrafanaTheme2,
  locationUtil,
  textUtil,
} from '@grafana/data';
import { config } from '@grafana/runtime';
import { of } from 'rxjs';
import { type EventKind, type EventRow, isEventFrame, readEventFrame } from '../shared/frames/event-frame';
import { migrateQuery } from './migrate';
import { defaultQuery, type PatchhavenQuery } from './query';

/** Names of theme colours. Tags and text say the same, so colour is never the only cue. */
const colors: Record<EventKind, string> = {
  page: 'red',
  'verification-failed': 'red',
  'install-failed': 'red',
  'gate-failed': 'red',
  reboot: 'orange',
  'reboot-pending': 'yellow',
  'install-started': 'light-blue',
  installed: 'green',
  'verification-passed': 'green',
  'gate-passed': 'green',
  ticket: 'purple',
  note: 'gray',
  quiet: 'blue',
  maintenance: 'purple',
  planned: 'light-purple',
};

/** Kinds of queries whose rows are events. */
const eventQueries = ['timeline', 'events', 'windows'];

export const annotationSupport: AnnotationSupport<PatchhavenQuery> = {
  getDefaultQuery: () => ({ ...defaultQuery, queryType: 'timeline' }),
  prepareQuery(annotation) {
    const query = migrateQuery(annotation.target ?? {}, 'Anno');
    // Annotations are read with the dashboard; a poll of their own would never be seen.
    return {
      ...query,
      queryType: eventQueries.includes(query.queryType) ? query.queryType : 'timeline',
      refreshSeconds: 0,
    };
  },
  processEvents: (annotation: AnnotationQuery<PatchhavenQuery>, frames) =>
    of(toAnnotations(frames, config.theme2, Date.now(), annotation)),
};

/** Event frames → annotations, each event once. Windows are regions; open ones end now, their text says until when. */
export function toAnnotations(
  frames: readonly DataFrame[],
  theme: GrafanaTheme2,
  nowMs: number,
  source?: unknown,
): AnnotationEvent[] {
  const rows = frames.filter(isEventFrame).flatMap(readEventFrame);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...byId.values()].map((row) => {
    const timeEnd = row.timeEnd ?? (row.endsAt === null ? undefined : Math.max(row.time, Math.min(nowMs, row.endsAt)));
    return {
      id: row.id,
      source,
      time: row.time,
      timeEnd: timeEnd ?? row.time,
      isRegion: timeEnd !== undefined && timeEnd > row.time,
      title: row.title,
      text: annotationText(row),
      tags: tagsOf(row),
      color: theme.visualization.getColorByName(colors[row.kind]),
    };
  });
}

function tagsOf({ kind, severity, device, deviceName, organization, instance }: EventRow): string[] {
  const name = deviceName ?? device;
  return [
    ...(name === null ? [] : [`device:${name}`]),
    `kind:${kind}`,
    `severity:${severity}`,
    ...(organization === null ? [] : [`organization:${organization}`]),
    ...(instance === null ? [] : [`instance:${instance}`]),
  ];
}

/** Words of vendors and people are escaped; the one link is ours. Grafana sanitizes the result once more. */
function annotationText({ title, text, device, deviceName, href }: EventRow): string {
  const name = deviceName ?? device;
  const lines = [title, ...(text === '' ? [] : [text])].map((line) => textUtil.escapeHtml(line));
  if (href !== null && name !== null) {
    const url = textUtil.escapeHtml(locationUtil.assureBaseUrl(textUtil.sanitizeUrl(href)));
    lines.push(`<a href="${url}">Open ${textUtil.escapeHtml(name)}</a>`);
  }
  return lines.join('<br>');
}
