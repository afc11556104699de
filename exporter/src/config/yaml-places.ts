import { LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import { ConfigError, type ConfigProblem } from './problem.ts';

/** A YAML file as plain data, and the way from a path in it back to line and column. */
export interface YamlPlaces {
  readonly value: unknown;
  /** `atKey` points at the key, otherwise at the value; at the nearest parent when there is neither. */
  problem(path: readonly PropertyKey[], message: string, atKey: boolean): ConfigProblem;
}

/** Throws ConfigError when the text is not YAML; duplicate keys and anchors' abuse count as that. */
export function readYaml(file: string, text: string): YamlPlaces {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0)
    throw new ConfigError(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { file, line, column: col, path: [], message: error.message };
      }),
    );

  const offsetOf = (path: readonly PropertyKey[], atKey: boolean): number => {
    if (path.length === 0) return 0;
    const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const last = path[path.length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
      const node = atKey ? pair?.key : (pair?.value ?? pair?.key);
      if (isNode(node) && node.range) return node.range[0];
    }
    const node: unknown = document.getIn(path, true);
    if (isNode(node) && node.range) return node.range[0];
    return offsetOf(path.slice(0, -1), true);
  };
  return {
    value: document.toJS({ maxAliasCount: 100 }),
    problem: (path, message, atKey) => {
      const { line, col } = lines.linePos(offsetOf(path, atKey));
      return { file, line, column: col, path, message };
    },
  };
}
