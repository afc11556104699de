import type { LabelSet } from '../promql/labels.ts';
import { matchesAll } from '../promql/matcher.ts';
import type { Route } from './config.ts';

/** The routes that take an alert: the deepest matches, siblings after a match only where it says `continue`. */
export function matchRoutes(route: Route, labels: LabelSet): Route[] {
  if (!matchesAll(route.matchers, labels)) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const matches = matchRoutes(child, labels);
    found.push(...matches);
    if (matches.length > 0 && !child.continues) break;
  }
  return found.length > 0 ? found : [route];
}
