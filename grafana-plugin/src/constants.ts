/** Ids as the three plugin.json files spell them. */
export const APP_ID = 'patchhaven-fleet-app';
export const DATASOURCE_ID = 'patchhaven-fleet-datasource';
export const PANEL_ID = 'patchhaven-timeline-panel';

export const APP_ROOT = `/a/${APP_ID}`;
