import { UNHEALTHY_WINDOW } from '../../test/fixtures';
import { verificationToRow } from './event-rows';

const context = { nowMs: Date.UTC(2026, 2, 10, 3), span: { fromMs: 0, toMs: Date.UTC(2026, 2, 10, 3) } };

describe('verificationToRow', () => {
  it('shows a device whose health nobody could check, as neither well nor unwell', () => {
    const { verification } = UNHEALTHY_WINDOW;
    if (verification === null) {
      throw new Error('the fixture has a verification');
    }
    const window = { ...UNHEALTHY_WINDOW, verification: { ...verification, verdict: 'not_run' as const, checks: [] } };
    expect(verificationToRow(window, context)).toMatchObject({
      title: 'Health not checked',
      kind: 'note',
      severity: 'info',
      outcome: 'not_run',
    });
  });
});
