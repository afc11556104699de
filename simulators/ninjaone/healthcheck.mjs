// Healthy = a client can sign in and is shown an organization. Exit status 0 or 1; arguments: base URL, client, secret.
/* global fetch, AbortSignal, URLSearchParams */
const [url = 'http://127.0.0.1:8080', client = 'simulator-client', secret = 'simulator-secret'] = process.argv.slice(2);

async function ask(path, init) {
  const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(4000) });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

try {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client,
    client_secret: secret,
    scope: 'monitoring',
  });
  const { access_token: token } = await ask('/ws/oauth/token', { method: 'POST', body });
  const organizations = await ask('/v2/organizations?pageSize=1', { headers: { Authorization: `Bearer ${token}` } });
  if (organizations.length === 0) throw new Error('no organization');
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
