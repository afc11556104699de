import { html } from './html.ts';

interface LandingFacts {
  readonly version: string;
  readonly ready: boolean;
  readonly appUrl: string | undefined;
}

/** The page at `/`: links and state, and nothing that belongs to an organization, since no token is asked here. */
export function landingPage({ version, ready, appUrl }: LandingFacts): string {
  const links = [
    { href: 'metrics', text: 'Metrics' },
    { href: 'api/v1/openapi.json', text: 'API description (OpenAPI)' },
    { href: '-/healthy', text: 'Healthy' },
    { href: '-/ready', text: 'Ready' },
    { href: 'config', text: 'Configuration (secrets hidden)' },
    ...(appUrl === undefined ? [] : [{ href: appUrl, text: 'Patchhaven in Grafana' }]),
  ];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Patchhaven</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 40rem;
            margin: 3rem auto;
            padding: 0 1rem;
            color-scheme: light dark;
          }
          dt {
            font-weight: 600;
          }
          dd {
            margin: 0 0 0.5rem;
          }
        </style>
      </head>
      <body>
        <h1>Patchhaven</h1>
        <p>Patch-aware alerting for Prometheus, Alertmanager and Grafana.</p>
        <dl>
          <dt>Version</dt>
          <dd>${version}</dd>
          <dt>State</dt>
          <dd>${ready ? 'ready' : 'not ready'}</dd>
        </dl>
        <ul>
          ${links.map(({ href, text }) => html`<li><a href="${href}">${text}</a></li> `)}
        </ul>
      </body>
    </html> `.text;
}
