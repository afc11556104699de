import { parse, stringify } from 'yaml';
import { scaleDuration } from '../../../alert-rules/src/scale.ts';

export interface AlertmanagerPlaces {
  readonly factor: number;
  readonly pagerDutyUrl: string;
  readonly routingKeyFile: string;
  /** Takes what the default receiver would send to chat. */
  readonly chatUrl: string;
}

interface Route {
  receiver?: string;
  routes?: Route[];
  [setting: string]: unknown;
}

interface Receiver {
  name: string;
  pagerduty_configs?: Record<string, unknown>[];
}

interface Configuration {
  route: Route;
  receivers: Receiver[];
  templates?: string[];
}

const timers = ['group_wait', 'group_interval', 'repeat_interval'] as const;

/**
 * The delivered alertmanager.yml with our addresses and scaled timers. Routing, grouping and inhibition stay as they
 * are. Receivers other than PagerDuty's and the default one lose their hooks, so that nothing leaves this machine.
 */
export function rewriteAlertmanager(yamlText: string, places: AlertmanagerPlaces): string {
  const { templates: _written, ...config } = parse(yamlText) as Configuration;
  const chat = config.route.receiver;
  if (chat === undefined) throw new Error('alertmanager.yml names no default receiver');
  const receivers = config.receivers.map((receiver) => rewriteReceiver(receiver, chat, places));
  if (!receivers.some((receiver) => 'pagerduty_configs' in receiver))
    throw new Error('alertmanager.yml has no PagerDuty receiver');
  return stringify({ ...config, route: scaleRoute(config.route, places.factor), receivers });
}

function scaleRoute(route: Route, factor: number): Route {
  const scaled: Route = { ...route };
  for (const timer of timers) {
    const value = route[timer];
    if (typeof value === 'string') scaled[timer] = scaleDuration(value, factor);
  }
  if (route.routes !== undefined) scaled.routes = route.routes.map((child) => scaleRoute(child, factor));
  return scaled;
}

function rewriteReceiver({ name, pagerduty_configs: paging }: Receiver, chat: string, places: AlertmanagerPlaces) {
  if (paging !== undefined) {
    const here = { url: places.pagerDutyUrl, routing_key_file: places.routingKeyFile };
    return { name, pagerduty_configs: paging.map((settings) => ({ ...settings, ...here })) };
  }
  if (name !== chat) return { name };
  return { name, webhook_configs: [{ url: places.chatUrl, send_resolved: true }] };
}
