import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, type Node, Parser, type Tree } from 'web-tree-sitter';
import { beforeAll, describe, expect, it } from 'vitest';
import { script as bashScript } from './host.ts';

/**
 * There is no PowerShell here, so the script is parsed and looked at, and not run: what holds below is its syntax and
 * structure. What it does on Windows has to be seen on Windows.
 */
const text = readFileSync(new URL('../patchhaven-host.ps1', import.meta.url), 'utf8');
let parse: (source: string) => Tree;
let root: Node;

beforeAll(async () => {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  parse = (source) => {
    const tree = parser.parse(source);
    if (tree === null) throw new Error('the parser was stopped');
    return tree;
  };
  root = parse(text).rootNode;
});

const named = (type: string): readonly string[] =>
  root.descendantsOfType(type).flatMap((node) => (node === null ? [] : [node.text]));

describe('the PowerShell script', () => {
  it('parses without an error', () => {
    expect(root.hasError).toBe(false);
  });

  it.each([
    ['a brace is missing', (source: string) => source.replace('exit 0\n}', 'exit 0\n')],
    ['a string is not closed', (source: string) => source.replace("'updates'", "'updates")],
    ['a parenthesis is missing', (source: string) => source.replace('Get-RebootSignals)', 'Get-RebootSignals')],
  ])('would not parse when %s', (_what, broken) => {
    const source = broken(text);
    expect(source).not.toBe(text);
    expect(parse(source).rootNode.hasError).toBe(true);
  });

  it('calls only its own functions and commands that Windows PowerShell 5.1 has', () => {
    const own = new Set(named('function_name'));
    const builtIn = [
      'ConvertTo-Json ForEach-Object Get-CimInstance Get-Content Get-ItemProperty Group-Object Invoke-CimMethod',
      'Invoke-RestMethod Join-Path New-Object Remove-Item Select-Object Set-StrictMode Sort-Object Split-Path Test-Path',
      'Where-Object Write-Warning',
    ].flatMap((line) => line.split(' '));
    const called = new Set(named('command_name'));
    expect([...called].filter((name) => !own.has(name) && !builtIn.includes(name))).toEqual([]);
    expect([...own].filter((name) => !called.has(name))).toEqual([]);
  });

  it('uses no operator that came after Windows PowerShell 5.1', () => {
    const code = text.replace(/<#[\s\S]*?#>/, '').replace(/^\s*#.*$/gm, '');
    expect(code).not.toMatch(/\?\?|\?\.|&&|\|\||-Parallel|\bternary\b/);
  });

  it('asks the update agent and not Win32_QuickFixEngineering', () => {
    const code = text.replace(/^\s*#.*$/gm, '');
    expect(code).not.toMatch(/QuickFixEngineering|Get-HotFix/i);
    expect(code).toContain('Microsoft.Update.Session');
    expect(code).toContain('QueryHistory');
  });

  it.each([
    'Component Based Servicing\\RebootPending',
    'WindowsUpdate\\Auto Update\\RebootRequired',
    'PendingFileRenameOperations',
    'ActiveComputerName',
    'JoinDomain',
    'AvoidSpnSet',
    'DetermineIfRebootPending',
    'Microsoft.Update.SystemInfo',
  ])('looks at the reboot signal %s', (place) => {
    expect(text).toContain(place);
  });

  it('lets only servicing say that a patch wants the reboot', () => {
    const servicing = [...text.matchAll(/Name = '(\w+)'; Servicing = \$(true|false)/g)];
    expect(Object.fromEntries(servicing.map(([, name, said]) => [name, said]))).toEqual({
      component_based_servicing: 'true',
      windows_update: 'true',
      update_agent: 'true',
      ccm_client: 'true',
      file_rename: 'false',
      computer_rename: 'false',
      domain_join: 'false',
    });
  });

  it('writes the metrics of the Bash script by the same names', () => {
    const metrics = (source: string): Set<string> => new Set(source.match(/patchhaven_host_[a-z_]+/g));
    const onlyBash = ['patchhaven_host_packages_held', 'patchhaven_host_reboot_required_since_timestamp_seconds'];
    const expected = [...metrics(readFileSync(bashScript, 'utf8'))].filter((name) => !onlyBash.includes(name));
    expect([...metrics(text)].sort()).toEqual(expected.sort());
  });

  it('replaces the file in one step and puts the token into no argument', () => {
    expect(text).toContain('[System.IO.File]::Replace($temporary, $Path, [NullString]::Value)');
    expect(text).toContain('Authorization = "Bearer $token"');
    expect(named('script_parameter').join('\n')).not.toMatch(/\$Token\b/);
  });
});
