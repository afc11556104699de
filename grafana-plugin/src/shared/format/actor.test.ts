import { actorText } from './actor';

it.each([
  ['token:grafana user:alice', 'alice'],
  ['token:grafana user:alice b@example.com', 'alice b@example.com'],
  ['token:ci', 'token ci'],
  ['patchhaven', 'Patchhaven'],
  ['webhook:ninja', 'webhook:ninja'],
])('says %s as %s', (actor, text) => {
  expect(actorText(actor)).toBe(text);
});
