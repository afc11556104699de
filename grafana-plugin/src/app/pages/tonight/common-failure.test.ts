import { ExporterError } from '../../../shared/api/exporter-error';
import type { Resource } from '../../hooks/useResource';
import { commonFailure } from './common-failure';

const failed = (message: string): Resource<unknown> => ({ status: 'error', error: new ExporterError(503, message) });
const stale = (message: string, atMs: number): Resource<unknown> => ({
  status: 'stale',
  data: [],
  atMs,
  error: new ExporterError(503, message),
});
const ready: Resource<unknown> = { status: 'ready', data: [], atMs: 1 };

describe('commonFailure', () => {
  it.each<[string, ReadonlyArray<Resource<unknown>>, object | undefined]>([
    ['all fail alike', [failed('dead'), failed('dead')], { message: 'dead', readAtMs: undefined }],
    ['old answers are left', [stale('dead', 7), failed('dead'), stale('dead', 5)], { message: 'dead', readAtMs: 5 }],
    ['one works', [failed('dead'), ready], undefined],
    ['one is still being read', [failed('dead'), { status: 'loading' }], undefined],
    ['they fail for different reasons', [failed('dead'), failed('refused')], undefined],
    ['there is none', [], undefined],
  ])('%s', (_name, resources, failure) => {
    expect(commonFailure(resources)).toEqual(failure);
  });
});
