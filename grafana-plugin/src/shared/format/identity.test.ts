import { ambiguityText } from './identity';

describe('ambiguityText', () => {
  it('names the instances that fit', () => {
    expect(ambiguityText('rmm:a', ['a:9182', 'a.example.com:9182'])).toBe('Could be a:9182, a.example.com:9182');
  });

  it('names the other devices that fit the same instance', () => {
    expect(ambiguityText('rmm:a', ['rmm:a', 'rmm:b'])).toBe('Fits the same instance as rmm:b');
  });
});
