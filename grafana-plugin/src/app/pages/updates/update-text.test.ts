import { articleUrl, missingCount } from './update-text';

describe('missingCount', () => {
  it('counts what is still to come, and neither failures nor unknown', () => {
    expect(missingCount({ missing: 1, approved: 2, installing: 4, failed: 8, unknown: 16, installed: 32 })).toBe(7);
    expect(missingCount({})).toBe(0);
  });
});

describe('articleUrl', () => {
  it.each([
    ['KB5041160', 'https://support.microsoft.com/help/5041160'],
    ['openssl', undefined],
    ['KB5041160/../x', undefined],
  ])('%s', (id, url) => {
    expect(articleUrl(id)).toBe(url);
  });
});
