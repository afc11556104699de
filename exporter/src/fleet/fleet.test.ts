import { expect, it } from 'vitest';
import { aDevice, builtAt } from '../../test/support/builders.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { Fleet } from './fleet.ts';
import { SourceBoard } from './source-board.ts';

it('does not show a slow reader of one organization what has moved to another meanwhile', () => {
  const fleet = new Fleet({
    clock: { now: () => builtAt },
    sources: new SourceBoard(),
    policy: () => defaultPolicy.compliance,
    perOrganization: () => true,
  });
  const device = (vendorId: string, organization: string) => aDevice({ facts: { vendorId, organization } });
  fleet.restore([device('1', 'acme'), device('2', 'acme'), device('3', 'acme')], 1);
  const seen: string[] = [];
  for (const { state } of fleet.devices('acme')) {
    seen.push(state.facts.vendorId);
    if (seen.length === 1) fleet.restore([device('2', 'globex')], 2);
  }
  expect(seen).toEqual(['1', '3']);
});
