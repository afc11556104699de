/** `token:grafana user:alice` → `alice`: the person, where one is known; `patchhaven` acts by itself. */
export function actorText(actor: string): string {
  const user = /(?:^|\s)user:(.+)$/.exec(actor)?.[1];
  if (user !== undefined) {
    return user;
  }
  if (actor === 'patchhaven') {
    return 'Patchhaven';
  }
  const token = /^token:(.+)$/.exec(actor)?.[1];
  return token === undefined ? actor : `token ${token}`;
}
