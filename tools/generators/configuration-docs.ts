import { type KeyDescription, describeSchema } from '../../exporter/src/config/describe-schema.ts';
import { sections } from '../../exporter/src/config/schema.ts';
import { sourceSchema } from '../../exporter/src/config/sections/sources.ts';
import type { Generator } from '../generate.ts';

const intro = `# Configuration

<!-- Generated from exporter/src/config by \`npm run generate\`. -->

One YAML file, \`--config.file\`. It is strict: unknown keys are refused, and every problem is listed with line, column
and path, by \`patchhaven check-config\` too. SIGHUP or \`POST /-/reload\` read it anew; a bad file changes nothing.

* Times are texts with units: \`500ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`14d\`.
* Secrets never stand in the file. \`password: env:VARIABLE\` takes one from the environment, \`password_file: path\`
  from a file (relative to the configuration file, a trailing newline is dropped). Nothing else is expanded.
* \`[]\` in a path is an item of a list, \`<key>\` a name of your own.

An example with comments: [config.example.yaml](../exporter/config.example.yaml).
`;

/** The reference of every key, from the schemas that check the file. */
export const configurationDocs: Generator = {
  file: 'docs/configuration.md',
  render() {
    const all = [
      ...Object.entries(sections).map(([name, schema]) => section(name, describeSchema(schema, name))),
      section('sources', describeSchema(sourceSchema, 'sources[]')),
    ];
    return Promise.resolve(`${intro}\n${all.join('\n')}`);
  },
};

function section(name: string, keys: readonly KeyDescription[]): string {
  const rows = keys.map(
    ({ path, type, required, defaultText, text }) =>
      `| \`${path}\` | ${cell(type)} | ${required ? 'required' : defaultText === undefined ? '' : `\`${cell(defaultText)}\``} | ${cell(text)} |`,
  );
  return `## ${name}\n\n| key | type | default | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
