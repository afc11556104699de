// Healthy = the state is loaded and the store takes a write (/-/ready). Exit status 0 or 1; argument: base URL.
/* global fetch, AbortSignal */
const [url = 'http://127.0.0.1:9725'] = process.argv.slice(2);

try {
  const response = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(4000) });
  if (!response.ok) throw new Error(`${response.status} ${(await response.text()).trim()}`);
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
