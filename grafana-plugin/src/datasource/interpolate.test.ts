import { expandList } from './interpolate';

/** `$several` stands for two values, `${several:csv}` for the same in one text. */
const templates = {
  replace: (text = '', _vars?: unknown, format?: unknown) =>
    text
      .replace('${several:csv}', 'a,b')
      .replace('$several', () => (format as (value: string[]) => string)(['a', 'b']))
      .replace('$one', () => (format as (value: string) => string)('web,01')),
} as never;
const expand = (...entries: string[]) => expandList(entries, {}, templates);

describe('expandList', () => {
  it('makes several entries of a variable with several values', () => {
    expect(expand('$several', 'c', 'a')).toEqual(['a', 'b', 'c']);
    expect(expand('${several:csv}')).toEqual(['a', 'b']);
  });

  it('keeps a value with a comma whole', () => {
    expect(expand('$one')).toEqual(['web,01']);
  });

  it.each(['$__all', '.*', '*'])('does not filter by %s', (value) => {
    expect(expand('x', value)).toEqual([]);
  });

  it('names a variable that is not there', () => {
    expect(() => expand('$gone')).toThrow('The variable $gone does not exist on this dashboard.');
  });
});
