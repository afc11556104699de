import { ExporterError, toExporterError } from './exporter-error';

const thrown = (status: number, data: unknown) => ({ status, data, config: { url: '' } });
const problem = (type: string, detail: string) => ({ type: `urn:patchhaven:problem:${type}`, title: type, detail });

describe('toExporterError', () => {
  it.each([
    ['a token the exporter refuses', thrown(400, { message: 'Authentication to data source failed' }), 'token'],
    ['a role the route refuses', thrown(403, { message: 'plugin proxy route access denied' }), 'forbidden'],
    ['a data source that was deleted', thrown(404, { message: 'Unable to find datasource' }), 'settings'],
    ['a URL that is none', thrown(400, { message: 'Invalid data source URL: "x y"' }), 'settings'],
    ['an exporter that is off', thrown(502, { message: 'Bad Gateway' }), 'unreachable'],
    ['an exporter that takes too long', thrown(504, { message: 'Gateway Timeout' }), 'timeout'],
    ['a web server that is no exporter', thrown(404, { message: '<html>nginx</html>' }), 'not_exporter'],
    ['another API', thrown(404, { status: 'error', error: 'not found' }), 'not_exporter'],
    ['a scope that is too narrow', thrown(403, problem('forbidden', 'Not for you.')), 'forbidden'],
    ['a device that is gone', thrown(404, problem('not_found', 'No such device.')), 'not_found'],
    ['a stale cursor', thrown(400, problem('invalid_cursor', 'Start again.')), 'invalid_cursor'],
    ['a store that is down', thrown(503, problem('unavailable', 'The store does not take writes.')), 'unavailable'],
    ['a bug', thrown(500, problem('internal', 'A fault.')), 'fault'],
    ['a request that Grafana gave up', { ...thrown(-1, null), cancelled: true }, 'aborted'],
    ['a network that is down', new TypeError('Failed to fetch'), 'unreachable'],
  ])('tells %s apart', (_, error, kind) => {
    const result = toExporterError(error);
    expect(result.kind).toBe(kind);
    expect(result.message).toMatch(/^[A-Z].*\.$/);
  });

  it('lets the words of the exporter win, with its fields and request id', () => {
    const fields = [{ pointer: '/end', detail: 'is not after the start' }];
    const error = toExporterError(
      thrown(422, {
        ...problem('unprocessable', 'The end has to lie after the start.'),
        errors: fields,
        requestId: 'r1',
      }),
    );
    expect(error).toMatchObject({
      status: 422,
      message: 'The end has to lie after the start.',
      fields,
      requestId: 'r1',
    });
  });

  it('shows nobody the HTML of a stranger', () => {
    expect(toExporterError(thrown(500, { message: '<script>alert(1)</script>' })).message).not.toContain('<');
  });

  it('leaves its own errors as they are', () => {
    const error = new ExporterError(409, 'Changed.');
    expect(toExporterError(error)).toBe(error);
    expect(error.kind).toBe('conflict');
  });
});
