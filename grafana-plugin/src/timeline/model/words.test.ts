import { aLane, anEvent, aScene, minutes } from './builders';
import { clusterLabel, durationText, laneSummary, stateText, withTimes } from './describe';
import { kindFromWord } from './kinds';
import { mergeWorst } from './merge-series';
import { isSafeHref, linksInText, plainText } from './text-links';

describe('kindFromWord', () => {
  it.each([
    ['patch.installed', '', 'installed'],
    ['Reboot_Started', '', 'reboot'],
    ['maintenance.planned', '', 'planned'],
    ['verification', 'passed', 'verification-passed'],
    ['verification', 'no data', 'verification-failed'],
    ['gate', '', 'gate-failed'],
    ['gate-inconclusive', '', 'gate-failed'],
    ['deployment', '', 'note'],
  ])('reads %p with outcome %p as %s', (word, outcome, kind) => {
    expect(kindFromWord(word, outcome)).toBe(kind);
  });
});

describe('isSafeHref', () => {
  it.each([
    ['https://tickets.example.com/1', true],
    ['/a/patchhaven-fleet-app/device?id=1', true],
    ['javascript:alert(1)', false],
    ['//evil.example.com', false],
    ['/\\evil.example.com', false],
    ['data:text/html,x', false],
    ['', false],
  ])('of %p is %p', (href, safe) => {
    expect(isSafeHref(href)).toBe(safe);
  });
});

describe('linksInText', () => {
  it('finds anchors, bare addresses and KB numbers, each once', () => {
    const text = '<a href="/d/x?a=1&amp;b=2">board</a> see https://t.example.com/7, KB5041160 and KB5041160';
    expect(linksInText(text).map((link) => [link.title, link.href])).toEqual([
      ['board', '/d/x?a=1&b=2'],
      ['https://t.example.com/7', 'https://t.example.com/7'],
      ['KB5041160 article', 'https://support.microsoft.com/help/5041160'],
    ]);
  });

  it('leaves out what would run code', () => {
    expect(linksInText('<a href="javascript:alert(1)">x</a>')).toEqual([]);
  });
});

describe('plainText', () => {
  it('drops markup but keeps comparisons', () => {
    expect(plainText('<b>disk</b> &lt; 5 %<br/>a < b')).toBe('disk < 5 %\na < b');
  });
});

describe('durationText', () => {
  it.each([
    [12_000, '12 s'],
    [minutes(5), '5 min'],
    [minutes(125), '2 h 5 min'],
    [minutes(120), '2 h'],
    [minutes(60 * 76), '3 d 4 h'],
    [-5, '0 s'],
  ])('of %p is %p', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('what is heard', () => {
  const lane = aLane({ instance: 'web-01' }, [0, 90, 'up'], [90, 100, 'down']);
  const scene = aScene(
    [lane],
    [anEvent({ at: 10, kind: 'reboot', title: 'Reboot' }), anEvent({ at: 10.5, kind: 'installed' })],
  );
  const [row] = scene.rows;

  it('is a sentence per lane', () => {
    expect(row && laneSummary({ ...row, trouble: 'down' }, scene)).toBe('Down now. Down for 10 min. 2 events.');
  });

  it('is a name per marker', () => {
    const [cluster] = row ? scene.clustersOf(row) : [];
    expect(cluster && clusterLabel(cluster, (at) => `${at / 60_000}`)).toBe('2 events, worst: Reboot, 10 to 10.5');
  });
});

describe('mergeWorst', () => {
  it('is down while one of the series is, and knows what only one knows', () => {
    const [a, b] = [aLane({}, [0, 30, 'up'], [30, 40, 'down'], [40, 50, 'up']), aLane({}, [10, 60, 'up'])];
    const merged = mergeWorst([...a.series, ...b.series]);
    expect(merged.map(({ fromMs, toMs, state }) => [fromMs / 60_000, toMs / 60_000, state])).toEqual([
      [0, 30, 'up'],
      [30, 40, 'down'],
      [40, 60, 'up'],
    ]);
  });
});

describe('withTimes', () => {
  it('puts the times of a sentence as the person reads them', () => {
    const text = 'KB1 went in at 2026-03-11T01:54:30.000Z (rmm); ordered at 2026-03-11T01:55:00Z.';
    expect(withTimes(text, (atMs) => `<${atMs / 1000}>`)).toBe(
      'KB1 went in at <1773194070> (rmm); ordered at <1773194100>.',
    );
  });
});

describe('stateText', () => {
  it.each([
    [{ state: 'up', text: '1' } as const, 'Up'],
    [{ state: 'degraded', text: '0.5' } as const, 'Degraded'],
    [{ state: 'down', text: 'false' } as const, 'Down'],
    [{ state: 'down', text: 'Overdue' } as const, 'Overdue'],
    [{ state: 'other', text: 'Restart pending' } as const, 'Restart pending'],
    [undefined, 'No data'],
  ])('of %o is %s', (span, text) => {
    expect(stateText(span)).toBe(text);
  });
});
