import { act, renderHook, waitFor } from '@testing-library/react';
import { ExporterError } from '../../shared/api/exporter-error';
import { type Load, useResource } from './useResource';

const down = new ExporterError(503, 'It is down.');

describe('useResource', () => {
  beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());

  const settle = () => act(() => jest.advanceTimersByTimeAsync(0));

  it('loads, then has it', async () => {
    const { result } = renderHook(() => useResource(load));
    expect(result.current).toMatchObject({ resource: { status: 'loading' }, busy: true });
    await settle();
    expect(result.current).toMatchObject({ resource: { status: 'ready', data: 1, atMs: 1_000_000 }, busy: false });
    async function load() {
      return 1;
    }
  });

  it('keeps what it had when the renewal fails, and says since when', async () => {
    const answers = [async () => 'first', () => Promise.reject(down), async () => 'second'];
    const load: Load<string> = () => (answers.shift() ?? answers[0]!)();
    const { result } = renderHook(() => useResource(load, { refreshMs: 10_000 }));
    await settle();
    await act(() => jest.advanceTimersByTimeAsync(10_000));
    expect(result.current.resource).toEqual({ status: 'stale', data: 'first', atMs: 1_000_000, error: down });
    await act(() => jest.advanceTimersByTimeAsync(10_000));
    expect(result.current.resource).toMatchObject({ status: 'ready', data: 'second' });
  });

  it('tries again when asked to', async () => {
    let fails = true;
    const load: Load<string> = () => (fails ? Promise.reject(down) : Promise.resolve('there'));
    const { result } = renderHook(() => useResource(load));
    await settle();
    expect(result.current.resource).toEqual({ status: 'error', error: down });
    fails = false;
    act(() => result.current.reload());
    expect(result.current.busy).toBe(true);
    await settle();
    expect(result.current.resource).toMatchObject({ status: 'ready', data: 'there' });
  });

  it('never shows one thing as another: a new load starts over and the old one is aborted', async () => {
    const signals: AbortSignal[] = [];
    const loadOf =
      (name: string): Load<string> =>
      async (signal) => {
        signals.push(signal);
        return name;
      };
    const [a, b] = [loadOf('a'), loadOf('b')];
    const { result, rerender } = renderHook(({ load }) => useResource(load), { initialProps: { load: a } });
    await settle();
    rerender({ load: b });
    expect(result.current.resource).toEqual({ status: 'loading' });
    expect(signals[0]?.aborted).toBe(true);
    await settle();
    expect(result.current.resource).toMatchObject({ data: 'b' });
  });

  it('keeps the list while a filter is being answered, when told to', async () => {
    const [a, b]: Array<Load<string>> = [async () => 'a', async () => 'b'];
    const { result, rerender } = renderHook(({ load }) => useResource(load!, { keepPrevious: true }), {
      initialProps: { load: a },
    });
    await settle();
    rerender({ load: b });
    expect(result.current).toMatchObject({ resource: { data: 'a' }, busy: true });
    await waitFor(() => expect(result.current).toMatchObject({ resource: { data: 'b' }, busy: false }));
  });
});
