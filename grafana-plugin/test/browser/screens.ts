import type { PanelRequest } from '../host/browser/panel-page.tsx';
import patchNight from '../panel/scenarios/patch-night.ts';
import wrongFrames from '../panel/scenarios/wrong-frames.ts';

/** One screen of the plugin. Each is loaded in every Grafana, dark and light, and must be free of faults. */
export interface Screen {
  readonly name: string;
  /** As in Grafana's address bar, or what a panel is asked to draw. */
  readonly at: string | Partial<PanelRequest>;
  /** Text that is there once the screen shows the demo data. */
  readonly shows: readonly string[];
  /** Buttons pressed first, by name. */
  readonly clicks?: readonly string[];
  /** Rules of axe that do not fit here, each with the reason in a comment. */
  readonly withoutRules?: readonly string[];
  /** Its picture in docs/pictures, where it has one. */
  readonly picture?: { readonly name: string; readonly width?: number; readonly height?: number };
}

const app = '/a/patchhaven-fleet-app';
const uid = 'patchhaven';

/** Add a screen here: a line is enough. */
export const screens: readonly Screen[] = [
  { name: 'Tonight', at: `${app}/tonight`, shows: ['Tonight'], picture: { name: 'tonight' } },
  { name: 'Fleet', at: `${app}/fleet`, shows: ['Fleet'], picture: { name: 'fleet' } },
  { name: 'Device', at: `${app}/device?id=rmm:hl-dc01`, shows: [], picture: { name: 'device' } },
  { name: 'Updates', at: `${app}/updates`, shows: ['Updates'], picture: { name: 'updates' } },
  {
    name: 'Topology',
    at: `${app}/topology`,
    shows: ['Topology'],
    // A node draws signs and short words; its name is a sentence that begins with the name of the place.
    withoutRules: ['label-content-name-mismatch'],
    picture: { name: 'topology' },
  },
  { name: 'Ledger', at: `${app}/ledger`, shows: ['Ledger'], picture: { name: 'ledger' } },
  { name: 'Sources', at: `${app}/sources`, shows: ['Sources'], picture: { name: 'sources' } },
  {
    name: 'Recent reads of sources',
    at: `${app}/sources`,
    clicks: ['Recent reads'],
    shows: ['Complete read'],
  },
  {
    name: 'Topology as a table',
    at: `${app}/topology?view=table`,
    clicks: ['Open Rotterdam'],
    shows: ['HL-DC01'],
  },
  {
    name: 'Planning maintenance',
    at: `${app}/device?id=rmm:hl-fs01`,
    clicks: ['Open maintenance window', 'Later'],
    shows: ['Plan a maintenance window'],
  },
  { name: 'Unmatched devices', at: `${app}/unmatched`, shows: [] },
  { name: 'Configuration', at: '/plugins/patchhaven-fleet-app', shows: ['Patchhaven'] },
  { name: 'A page that does not exist', at: `${app}/nowhere`, shows: [] },
  {
    name: 'Patch timeline',
    at: patchNight,
    shows: ['db-01:9182', 'Verification failed'],
    picture: { name: 'timeline', width: 1240, height: 500 },
  },
  { name: 'Patch timeline with a wrong query', at: wrongFrames, shows: ['Query A has no time field'] },
  { name: 'Patch timeline without data', at: { frames: [] }, shows: ['Patch timeline'] },
  { name: 'Data source settings', at: `/host/editor/config?uid=${uid}`, shows: [] },
  { name: 'Query editor', at: `/host/editor/query?uid=${uid}`, shows: [] },
  { name: 'Variable editor', at: `/host/editor/variable?uid=${uid}`, shows: [] },
  { name: 'Annotation editor', at: `/host/editor/annotation?uid=${uid}`, shows: [] },
];

/** Pages of the app that say something of an exporter without any device. Add yours. */
export const pagesWithEmptyState: readonly string[] = ['tonight', 'fleet', 'updates', 'ledger', 'sources', 'unmatched'];
