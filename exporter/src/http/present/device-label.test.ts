import { describe, expect, it } from 'vitest';
import { aDevice, aFleet, aView } from '../../../test/support/builders.ts';
import { deviceInstance, deviceName } from './device-label.ts';

const matched = aView({
  state: aDevice({ facts: { vendorId: '1', displayName: 'SRV-1', organization: 'acme' } }),
  identity: { status: 'matched', instance: 'srv-1:9182', by: 'template' },
});
const ambiguous = aView({
  state: aDevice({ facts: { vendorId: '2', displayName: 'twin', organization: 'acme' } }),
  identity: { status: 'ambiguous', candidates: ['a:1', 'b:1'] },
});
const fleet = aFleet([matched, ambiguous]);

describe('labels of a device that a record names by key', () => {
  it('are its name and its instance', () => {
    expect(deviceName(fleet, 'ninja:1', 'acme')).toBe('SRV-1');
    expect(deviceInstance(fleet, 'ninja:1', 'acme')).toBe('srv-1:9182');
  });

  it('are null for a device that is gone', () => {
    expect(deviceName(fleet, 'ninja:9', 'acme')).toBeNull();
    expect(deviceInstance(fleet, 'ninja:9', 'acme')).toBeNull();
  });

  it('tell a former organization nothing of what the device is now', () => {
    expect(deviceName(fleet, 'ninja:1', 'globex')).toBeNull();
    expect(deviceInstance(fleet, 'ninja:1', 'globex')).toBeNull();
  });

  it('name no instance where more than one fits', () => {
    expect(deviceName(fleet, 'ninja:2', 'acme')).toBe('twin');
    expect(deviceInstance(fleet, 'ninja:2', 'acme')).toBeNull();
  });
});
