import { toSentence } from './sentence';

describe('toSentence', () => {
  it.each([
    ['the connection failed', 'The connection failed.'],
    ['POST /token answered 401', 'POST /token answered 401.'],
    ['Wrong token.', 'Wrong token.'],
    ['  ', ''],
  ])('%p becomes %p', (text, sentence) => {
    expect(toSentence(text)).toBe(sentence);
  });
});
