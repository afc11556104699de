import { migrateOptions, optionsFromOtherPanel } from './migrations';
import { defaultOptions, readOptions } from './options';

describe('migrateOptions', () => {
  it.each<[string, unknown, object]>([
    ['a dashboard that saved none', undefined, {}],
    ['an option that has come since', { sort: 'name' }, { sort: 'name' }],
    ['an order that is gone', { sort: 'severity' }, {}],
    ['kinds that are gone', { hiddenKinds: ['note', 'snapshot', 7] }, { hiddenKinds: ['note'] }],
    ['kinds as one word', { hiddenKinds: 'note' }, {}],
    ['numbers as text, as provisioning writes them', { laneHeight: '30' }, {}],
    ['a negative height', { laneHeight: -4 }, {}],
    ['a label emptied by hand', { instanceLabel: ' ' }, {}],
    ['flags of a wrong type', { showLegend: 'yes' }, {}],
    ['a list', [], {}],
  ])('understands %s', (_, options, changed) => {
    expect(migrateOptions({ options })).toEqual({ ...defaultOptions, ...changed });
  });

  it('leaves current options as they are', () => {
    const options = { ...defaultOptions, laneLabel: '{{job}}', laneHeight: 30, extendToNextWindow: true };
    expect(readOptions(options)).toEqual(options);
  });
});

describe('optionsFromOtherPanel', () => {
  it('keeps the choice about the legend', () => {
    const previous = { options: { legend: { showLegend: false }, rowHeight: 0.9 } };
    expect(optionsFromOtherPanel({}, 'state-timeline', previous)).toEqual({ ...defaultOptions, showLegend: false });
  });

  it('starts with the defaults otherwise', () => {
    expect(optionsFromOtherPanel({}, 'text', {})).toEqual(defaultOptions);
  });
});
