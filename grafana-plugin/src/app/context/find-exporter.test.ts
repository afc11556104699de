import { findExporter } from './find-exporter';

describe('findExporter', () => {
  it.each([
    ['the chosen one', { datasourceUid: 'b' }, ['a', 'b'], { status: 'found', uid: 'b' }],
    ['the only one when none is chosen', {}, ['a'], { status: 'found', uid: 'a' }],
    ['nothing while several could be meant', {}, ['a', 'b'], { status: 'unchosen' }],
    ['nothing when there is none', {}, [], { status: 'none' }],
    ['nothing in place of a chosen one that is gone', { datasourceUid: 'x' }, ['a'], { status: 'gone', uid: 'x' }],
  ])('takes %s', (_name, settings, uids, choice) => {
    expect(findExporter(settings, uids)).toEqual(choice);
  });
});
