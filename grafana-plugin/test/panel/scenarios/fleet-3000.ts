import type { PanelRequest } from '../../host/browser/panel-page.tsx';
import { ago, fleetFrames } from '../frames.ts';

export default {
  from: ago(24),
  to: ago(0),
  height: 700,
  frames: fleetFrames(3000, 30_000),
} satisfies Partial<PanelRequest>;
