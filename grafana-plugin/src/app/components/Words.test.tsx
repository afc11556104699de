import React from 'react';
import { render } from '@testing-library/react';
import { config } from '@grafana/runtime';
import { Words } from './Words';

const textOf = (text: string, near?: string) =>
  render(<Words text={text} {...(near !== undefined && { near })} />).container.textContent;

describe('Words', () => {
  beforeEach(() => {
    config.bootData.user.timezone = 'Europe/Berlin';
  });

  it('puts each time of a sentence into the zone of the user', () => {
    expect(
      textOf('db-01:9182 went down at 2026-03-11T01:54:30.000Z, reboot ordered at 2026-03-10T23:10:00+00:00.'),
    ).toBe('db-01:9182 went down at 2026-03-11 02:54:30, reboot ordered at 2026-03-11 00:10:00.');
  });

  it('leaves out the day that stands beside the sentence', () => {
    expect(textOf('down at 2026-03-11T01:54:30Z (rmm).', '2026-03-11T02:00:00Z')).toBe('down at 02:54:30 (rmm).');
  });

  it('leaves everything else as it is', () => {
    expect(textOf('2026-03 Cumulative Update, KB5078740')).toBe('2026-03 Cumulative Update, KB5078740');
  });
});
