/** A customer of a managed service provider. */
export interface Customer {
  readonly organization: string;
  /** Begins the names of its machines. */
  readonly short: string;
  readonly sites: readonly string[];
  readonly devices: number;
}

const customer = (organization: string, short: string, devices: number, ...sites: string[]): Customer => ({
  organization,
  short,
  devices,
  sites,
});

/** The customers of the large world, 3,000 devices together; names are invented, long ones on purpose. */
export const customers: readonly Customer[] = [
  customer(
    'northumbria-building-society',
    'nbs',
    640,
    'Newcastle head office',
    'Sunderland data centre',
    'Durham',
    'Hexham',
    'Alnwick',
    'Berwick-upon-Tweed',
    'Morpeth',
    'Gateshead contact centre, second floor',
  ),
  customer('harbor-logistics', 'hl', 410, 'Rotterdam', 'Gdansk', 'Antwerp', 'Bremerhaven', 'Le Havre'),
  customer('saint-bartholomew-community-hospital-trust', 'sbh', 360, 'Main building', 'Outpatients', 'Laboratories'),
  customer('meridian-clinic', 'mc', 240, 'Main Street', 'Riverside', 'Harbour'),
  customer('oakfield-school', 'oak', 220, 'Campus', 'Sports centre', 'Library'),
  customer('velden-machines', 'vm', 180, 'Eindhoven', 'Venlo'),
  customer('polaris-insurance', 'pol', 150, 'Oslo', 'Bergen', 'Trondheim'),
  customer(
    'bluebird-retail',
    'bbr',
    130,
    ...Array.from({ length: 12 }, (_unused, index) => `Shop ${String(index + 1)}`),
  ),
  customer('castell-winery', 'cw', 95, 'Cellar', 'Office'),
  customer('delta-print', 'dp', 85, 'Works', 'Office'),
  customer('ecotherm-heating', 'eth', 75, 'Graz', 'Linz'),
  customer('finch-and-partners', 'fp', 70, 'Dublin'),
  customer('greyfriars-legal', 'gl', 60, 'Edinburgh', 'Glasgow'),
  customer('hestia-hotels', 'hh', 55, 'Athens', 'Patras', 'Heraklion'),
  customer('ibex-outdoor', 'ibx', 45, 'Innsbruck'),
  customer('juniper-dental', 'jd', 40, 'Practice'),
  customer('kestrel-aviation', 'ka', 35, 'Hangar 4', 'Tower'),
  customer('lumen-theatre', 'lt', 28, 'House'),
  customer('marlow-boats', 'mb', 22, 'Yard'),
  customer('nimbus-weather', 'nw', 18, 'Station'),
  customer('orchard-foods', 'of', 14, 'Packing'),
  customer('pemberton-accounting', 'pa', 11, 'Office'),
  customer('quarry-stone', 'qs', 9, 'Pit'),
  customer('robin-vets', 'rv', 8, 'Surgery'),
];
