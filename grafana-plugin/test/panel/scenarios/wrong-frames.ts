import type { PanelRequest } from '../../host/browser/panel-page.tsx';
import { ago } from '../frames.ts';

/** A wrong query: a table without time. */
export default {
  from: ago(6),
  to: ago(0),
  height: 300,
  frames: [{ refId: 'A', fields: [{ name: 'instance', type: 'string' as never, values: ['web-01'] }] }],
} satisfies Partial<PanelRequest>;
