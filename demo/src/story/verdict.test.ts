import { describe, expect, it } from 'vitest';
import { judgeOnePage, judgeSilence, type Page } from './verdict.ts';

const page: Page = {
  alert: 'PostPatchRebootOverdue',
  summary: 'db-01 is still down: KB5041160',
  openedAtUnixSeconds: 162,
  triggers: 1,
  resolved: true,
};
const expectation = {
  story: 'db-01',
  expected: 'page at 60 s',
  alert: 'PostPatchRebootOverdue',
  since: { what: 'outage', atUnixSeconds: 100 },
  delaySeconds: { min: 60, max: 70 },
  names: 'KB5041160',
};

describe('judgeOnePage', () => {
  it('is content with one page of the right kind at the right time', () => {
    expect(judgeOnePage(expectation, [page])).toEqual({
      story: 'db-01',
      expected: 'page at 60 s',
      seen: 'PostPatchRebootOverdue 62.0 s after outage, resolved',
      holds: true,
    });
  });

  it.each<[string, Page[], string]>([
    ['no page', [], 'no page'],
    ['two pages', [page, page], '2 pages'],
    ['another alert', [{ ...page, alert: 'HostDown' }], 'not PostPatchRebootOverdue'],
    ['a page before its time', [{ ...page, openedAtUnixSeconds: 159 }], 'too early'],
    ['a late page', [{ ...page, openedAtUnixSeconds: 171 }], 'too late'],
    ['a page sent again and again', [{ ...page, triggers: 3 }], 'sent 3 times'],
    ['a page without the update', [{ ...page, summary: 'db-01 is down' }], 'does not name KB5041160'],
    ['a page left open', [{ ...page, resolved: false }], 'never resolved'],
    ['a time that nobody measured', [{ ...page, openedAtUnixSeconds: Number.NaN }], 'too late'],
  ])('objects to %s', (_what, pages, seen) => {
    const verdict = judgeOnePage(expectation, pages);
    expect(verdict.holds).toBe(false);
    expect(verdict.seen).toContain(seen);
  });
});

describe('judgeSilence', () => {
  const row = { story: 'web-01', expected: 'no page' };

  it('needs silence and what else had to come true', () => {
    expect(judgeSilence(row, [], { holds: true, seen: 'healthy' })).toEqual({
      ...row,
      seen: 'no page; healthy',
      holds: true,
    });
    expect(judgeSilence(row, [], { holds: false, seen: 'its end has moved' }).holds).toBe(false);
  });

  it('names what paged although nothing should have', () => {
    expect(judgeSilence(row, [page], { holds: true, seen: '' })).toMatchObject({
      seen: 'paged: PostPatchRebootOverdue',
      holds: false,
    });
  });
});
