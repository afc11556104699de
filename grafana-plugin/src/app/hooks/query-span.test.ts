import { toQuerySpan } from './query-span';

describe('toQuerySpan', () => {
  beforeEach(() => jest.useFakeTimers({ now: Date.parse('2026-03-10T02:00:06Z') }));
  afterEach(() => jest.useRealTimers());

  it('cuts the beginning to the minute and leaves the end open at now', () => {
    expect(toQuerySpan({ from: 'now-6h', to: 'now' }, 'utc')).toEqual({ from: '2026-03-09T20:00:00.000Z' });
  });

  it('holds a fixed end', () => {
    expect(toQuerySpan({ from: '1773100000000', to: '1773108000000' }, 'utc')).toEqual({
      from: '2026-03-09T23:46:00.000Z',
      to: '2026-03-10T02:00:00.000Z',
    });
  });
});
