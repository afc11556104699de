import { devicePath } from './links';

describe('devicePath', () => {
  it('names the device by its id, encoded', () => {
    expect(devicePath('ninja:4/7 b')).toBe('/a/patchhaven-fleet-app/device?id=ninja%3A4%2F7+b');
  });

  it('keeps the time span, in whole milliseconds that hold it', () => {
    expect(devicePath('n:1', { fromMs: 1.5, toMs: 2.5 })).toMatch(/&from=1&to=3$/);
  });
});
