import { type AnnotationQuery, createTheme } from '@grafana/data';
import { type EventRow, toEventFrame } from '../shared/frames/event-frame';
import { annotationSupport, toAnnotations } from './annotations';
import type { PatchhavenQuery } from './query';

const theme = createTheme();
const row: EventRow = {
  time: 1_000,
  timeEnd: null,
  title: 'Quiet: reboot after KB1',
  text: 'Owner ops',
  kind: 'quiet',
  severity: 'info',
  device: 'ninja:1',
  deviceName: 'SRV-1',
  instance: 'srv-1:9182',
  organization: 'acme',
  href: '/a/patchhaven-fleet-app/device?id=ninja%3A1',
  id: 'window/w-1',
  endsAt: 9_000,
  outcome: null,
};
const annotate = (rows: readonly EventRow[], nowMs = 5_000) => toAnnotations([toEventFrame(rows)], theme, nowMs);

describe('toAnnotations', () => {
  it('draws a window as a region with tags to filter by', () => {
    expect(annotate([{ ...row, timeEnd: 4_000 }])[0]).toMatchObject({
      time: 1_000,
      timeEnd: 4_000,
      isRegion: true,
      tags: ['device:SRV-1', 'kind:quiet', 'severity:info', 'organization:acme', 'instance:srv-1:9182'],
    });
  });

  it('lets an open window run to now, never past its end', () => {
    expect(annotate([row], 5_000)[0]).toMatchObject({ timeEnd: 5_000, isRegion: true });
    expect(annotate([row], 50_000)[0]).toMatchObject({ timeEnd: 9_000 });
  });

  it('draws an event as a point', () => {
    expect(annotate([{ ...row, kind: 'reboot', endsAt: null }])[0]).toMatchObject({ isRegion: false, timeEnd: 1_000 });
  });

  it('shows an event once, whatever frames it comes in', () => {
    expect(toAnnotations([toEventFrame([row]), toEventFrame([row])], theme, 0)).toHaveLength(1);
  });

  it('gives kinds their own colour', () => {
    const [quiet, failed] = annotate([row, { ...row, id: 'x', kind: 'install-failed' }]);
    expect(quiet?.color).not.toBe(failed?.color);
  });

  it('writes out what vendors and people wrote, and links to the device', () => {
    const [annotation] = annotate([{ ...row, text: '<img src=x onerror=alert(1)>', deviceName: '<b>SRV</b>' }]);
    expect(annotation?.text).not.toContain('<img');
    expect(annotation?.text).toContain('&lt;img');
    expect(annotation?.text).toMatch(/<a href="\/a\/patchhaven-fleet-app\/device\?id=ninja%3A1">Open &lt;b&gt;SRV/);
  });

  it('follows no link that runs a script', () => {
    expect(annotate([{ ...row, href: 'javascript:alert(1)' }])[0]?.text).not.toContain('javascript:');
  });

  it('takes frames of others for none of its own', () => {
    const foreign = { ...toEventFrame([row]), meta: {} };
    expect(toAnnotations([foreign], theme, 0)).toEqual([]);
  });
});

describe('annotationSupport', () => {
  const prepare = (target: unknown) => annotationSupport.prepareQuery?.({ target } as AnnotationQuery<PatchhavenQuery>);

  it('asks for the timeline unless told otherwise, and never polls', () => {
    expect(prepare(undefined)).toMatchObject({ queryType: 'timeline', refreshSeconds: 0 });
    expect(prepare({ queryType: 'windows', refreshSeconds: 5 })).toMatchObject({
      queryType: 'windows',
      refreshSeconds: 0,
    });
    expect(prepare({ queryType: 'compliance' })).toMatchObject({ queryType: 'timeline' });
  });
});
