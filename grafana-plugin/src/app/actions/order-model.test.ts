import { ExporterError } from '../../shared/api/exporter-error';
import type { Answer, Order } from '../../shared/api/types';
import { golden } from '../../test/golden';
import {
  explainedUntil,
  isOpen,
  isUncertain,
  newKey,
  orderWords,
  toArguments,
  toOrderError,
  toResult,
  whyNot,
} from './order-model';

const { items: sources } = golden<Answer<'/sources'>>('sources');
const script = golden<Order>('order');
const reboot = golden<Order>('place-order');

const sourcesThatCan = (can: Record<string, boolean>) =>
  sources.map((source) => ({ ...source, capabilities: { ...source.capabilities, ...can } }));

describe('whyNot', () => {
  it('has nothing against what the source can do', () => {
    expect(whyNot('reboot', 'ninja', sourcesThatCan({ reboot: true }))).toBeUndefined();
    expect(whyNot('script', 'ninja', sourcesThatCan({ scripts: true }))).toBeUndefined();
  });

  it('names the source that can do other things only', () => {
    expect(whyNot('reboot', 'ninja', sourcesThatCan({ scripts: true }))).toMatch(
      /source ninja \(ninjaone\) cannot restart a device/,
    );
    expect(whyNot('script', 'ninja', sourcesThatCan({ reboot: true }))).toMatch(/cannot run a script/);
  });

  it('says where orders are turned on when the source takes none', () => {
    expect(whyNot('reboot', 'ninja', sources)).toMatch(/orders\.enabled is not set under this source/);
  });

  it('does not guess of a source that is not listed', () => {
    expect(whyNot('reboot', 'other', sourcesThatCan({ reboot: true }))).toMatch(/does not list the source other/);
  });
});

it('takes one argument per line, spaces within it included', () => {
  expect(toArguments(' -Kb \n\nKB5041160 now\n')).toEqual(['-Kb', 'KB5041160 now']);
});

it('makes keys that the exporter takes, and never the same', () => {
  expect(newKey()).toMatch(/^[\x21-\x7e]{1,200}$/);
  expect(newKey()).not.toBe(newKey());
});

it.each<[Partial<Order>, string]>([
  [{ action: 'reboot', mode: 'normal' }, 'Restart'],
  [{ action: 'reboot', mode: 'forced' }, 'Forced restart'],
  [{}, 'Script 418 -Kb KB5041160'],
  [{ arguments: null }, 'Script 418 (arguments are shown to operators)'],
  [{ action: 'maintenance' }, 'Maintenance'],
  [{ action: 'maintenance_end' }, 'End of maintenance'],
])('calls %j "%s"', (change, words) => {
  expect(orderWords({ ...script, ...change })).toBe(words);
});

describe('toResult', () => {
  it('says until when an accepted restart explains an outage', () => {
    expect(toResult(reboot, 'SRV-1', '02:30:00')).toEqual({
      title: 'Accepted',
      severity: 'success',
      text: 'Restart of SRV-1: The source took it. An outage is explained by it until 02:30:00.',
    });
  });

  it('says of a refused one that nothing was done, and why', () => {
    const refused = toResult({ ...reboot, state: 'refused', text: 'NinjaOne answered 403: nothing was done' }, 'SRV-1');
    expect(refused).toMatchObject({ title: 'Refused: nothing was done', severity: 'error' });
    expect(refused.text).toContain('NinjaOne answered 403');
  });

  it('claims neither of an unknown one', () => {
    const { title, severity, text } = toResult(script, 'SRV-1');
    expect([title, severity]).toEqual(['Not known', 'warning']);
    expect(text).toContain('It is not known whether it was carried out; it is not sent again.');
  });
});

it('finds until when the order itself explains, not another reason', () => {
  const explained = golden<Answer<'/devices/{id}/explain'>>('explain');
  expect(explainedUntil(reboot, explained)).toBeUndefined();
  const evidence = explained.evidence.map((one) => ({
    ...one,
    evidence: { ...one.evidence, kind: 'reboot_ordered' as const, ref: `ninja/order:${reboot.id}` },
  }));
  expect(explainedUntil(reboot, { ...explained, evidence })).toBe('2026-03-10T03:50:00.000Z');
});

describe('isUncertain', () => {
  const said = (status: number) => new ExporterError(status, 'because', { requestId: 'r' });

  it.each([400, 403, 404, 409, 422, 429, 503])('trusts a refusal of the exporter with %i', (status) => {
    expect(isUncertain(said(status))).toBe(false);
    expect(toOrderError(said(status)).title).toBe('Nothing was ordered');
  });

  it.each([new ExporterError(403, 'proxy'), new ExporterError(401, 'proxy')])(
    'trusts Grafana’s own refusal',
    (error) => {
      expect(isUncertain(error)).toBe(false);
    },
  );

  it.each([
    ['a fault of the exporter', said(500)],
    ['no answer at all', new ExporterError(0, '')],
    ['a gateway that gave up', new ExporterError(504, '')],
    ['a gateway that found nobody', new ExporterError(503, '')],
    ['somebody else’s answer', new ExporterError(200, '', { kind: 'not_exporter' })],
    ['anything else', new TypeError('failed')],
  ])('does not know after %s', (_, cause) => {
    expect(isUncertain(cause)).toBe(true);
    expect(toOrderError(cause).message).toContain('the same order is not carried out twice');
  });
});

describe('isOpen', () => {
  const at = Date.parse(script.placedAt);

  it.each<[Order['state'], boolean]>([
    ['placed', true],
    ['accepted', true],
    ['unknown', true],
    ['refused', false],
    ['done', false],
    ['failed', false],
  ])('%s: %s', (state, expected) => {
    expect(isOpen({ ...script, state }, at)).toBe(expected);
  });

  it('ends after the day in which sources are read back', () => {
    expect(isOpen(script, at + 25 * 3_600_000)).toBe(false);
  });
});
