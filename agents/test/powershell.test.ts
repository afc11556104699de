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

  it('comes with instructions that parse too', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const blocks = [...readme.matchAll(/```powershell\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
    expect(blocks).toHaveLength(2);
    for (const block of blocks) expect(parse(block).rootNode.hasError).toBe(false);
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

  /** Parameters of each command, as Windows PowerShell 5.1 documents them; positional ones are not named. */
  const parameters: Readonly<Record<string, string>> = {
    'ConvertTo-Json': 'Compress Depth InputObject',
    'ForEach-Object': '',
    'Get-CimInstance': 'ClassName Filter Namespace',
    'Get-Content': 'LiteralPath Raw',
    'Get-ItemProperty': 'ErrorAction LiteralPath Name',
    'Group-Object': 'Property',
    'Invoke-CimMethod': 'ClassName MethodName Namespace',
    'Invoke-RestMethod': 'Body ContentType Headers Method TimeoutSec Uri',
    'New-Object': 'ComObject',
    'Remove-Item': 'ErrorAction Force LiteralPath',
    'Select-Object': 'First',
    'Set-StrictMode': 'Version',
    'Sort-Object': 'Descending Property',
    'Split-Path': 'Parent',
    'Test-Path': 'LiteralPath',
  };

  it('passes its commands only parameters that they have', () => {
    const used = root.descendantsOfType('command_parameter').flatMap((node) => {
      let command = node?.parent;
      while (command && command.type !== 'command') command = command.parent;
      const name = command?.childForFieldName('command_name')?.text ?? '';
      return `${name} ${node?.text.replace(/^-/, '') ?? ''}`;
    });
    const known = Object.entries(parameters).flatMap(([name, list]) =>
      list.split(' ').map((word) => `${name} ${word}`),
    );
    expect(used.length).toBeGreaterThan(20);
    expect([...new Set(used)].filter((pair) => !known.includes(pair))).toEqual([]);
  });

  it('calls only what .NET Framework 4.5.2 has: no more comes with WMF 5.1 on Server 2012 R2', () => {
    const calls = [...text.matchAll(/\[([\w.]+(?:\[string\])?)\]::(\w+)/g)].map(
      ([, type, member]) => `${type ?? ''} ${member ?? ''}`,
    );
    expect([...new Set(calls)].sort()).toEqual([
      'Console Out',
      'DateTimeKind Local',
      'DateTimeKind Utc',
      'Environment Is64BitOperatingSystem',
      'Environment Is64BitProcess',
      'Math Floor',
      'Math Max',
      'Math Min',
      'Net.SecurityProtocolType Tls12',
      'Net.ServicePointManager SecurityProtocol',
      'NullString Value',
      'System.Collections.Generic.HashSet[string] new',
      'System.Collections.Generic.List[string] new',
      'System.Globalization.CultureInfo InvariantCulture',
      'System.IO.File Move',
      'System.IO.File Replace',
      'System.IO.File WriteAllText',
      'System.Net.Dns GetHostEntry',
      'System.Text.Encoding UTF8',
      'System.Text.UTF8Encoding new',
      'datetime SpecifyKind',
      'datetime UtcNow',
      'datetime new',
    ]);
  });

  it('asks the update agent only for members that its interfaces have', () => {
    // IUpdateSession, IUpdateSearcher, ISearchResult, IUpdate2, ICategory, IUpdateIdentity, IUpdateHistoryEntry.
    const members = (variable: string): readonly string[] =>
      [
        ...new Set([...text.matchAll(new RegExp(`\\$${variable}\\.(\\w+)`, 'gi'))].map(([, member]) => member ?? '')),
      ].sort();
    expect(members('session')).toEqual(['ClientApplicationID', 'CreateUpdateSearcher']);
    expect(members('(?:script:)?searcher')).toEqual(['GetTotalHistoryCount', 'Online', 'QueryHistory', 'Search']);
    expect(members('entry')).toEqual(['Date', 'HResult', 'Operation', 'ResultCode', 'Title', 'UpdateIdentity']);
    expect(members('category')).toEqual(['CategoryID']);
    expect(members('identity')).toEqual(['UpdateID']);
  });

  it('names the operation results of the update agent by their numbers, and asks an empty history for nothing', () => {
    const results = [...text.matchAll(/^\$(InProgress|Succeeded|SucceededWithErrors|Failed|Aborted) = (\d)$/gm)];
    expect(results.map(([, name, number]) => `${number ?? ''} ${name ?? ''}`)).toEqual([
      '1 InProgress',
      '2 Succeeded',
      '3 SucceededWithErrors',
      '4 Failed',
      '5 Aborted',
    ]);
    expect(text).toMatch(/GetTotalHistoryCount\(\)\s+if \(\$count -eq 0\) \{ return \}/);
    expect(text).toContain("'0x{0:X8}' -f $entry.HResult");
  });

  it('writes numbers and times the same in every culture', () => {
    const withoutCulture = [...text.matchAll(/\.ToString\(([^)]*)\)/g)].filter(
      ([, args]) => !args?.includes('$Culture'),
    );
    expect(withoutCulture.map(([call]) => call)).toEqual(['.ToString()']);
    expect(text).toContain('$security.ToString().ToLowerInvariant()');
    expect(text).not.toMatch(/Get-Date|-Format\b|-UFormat|\{0:[^X]/);
  });

  it('goes by ids where Windows speaks the language of the machine', () => {
    expect(text).not.toMatch(/category\.Name/i);
    expect(text).toContain("'0fa1201d-4330-4fa8-8ae9-b877473b6441' = 'security'");
  });

  it('looks in no language mode and no registry but the whole ones', () => {
    const first = ["LanguageMode -ne 'FullLanguage'", 'Is64BitOperatingSystem', '$AgentVersion ='].map((part) =>
      text.indexOf(part),
    );
    expect(first).toEqual([...first].sort((a, b) => a - b));
    expect(first[0]).toBeGreaterThan(0);
    expect(text).toMatch(/^Set-StrictMode -Version 2\.0$/m);
  });

  it('hides no variable of the script behind one of a function: names know no case, and callees see those of callers', () => {
    const ofScript = new Set([...text.matchAll(/^\$(\w+) = /gm)].map(([, name]) => name?.toLowerCase() ?? ''));
    const ofFunctions = [...text.matchAll(/^ +\$(\w+) = |foreach \(\$(\w+) in|function [\w-]+\(([^)]*)\)/gm)].flatMap(
      ([, assigned, each, list]) => [assigned, each, ...(list?.match(/(?<=\$)\w+/g) ?? [])],
    );
    expect(ofScript.size).toBeGreaterThan(10);
    expect(ofFunctions.filter((name) => name !== undefined && ofScript.has(name.toLowerCase()))).toEqual([]);
  });

  it('writes each series once, in UTF-8 without a mark and with plain line ends', () => {
    expect(text).toContain('[System.Text.UTF8Encoding]::new($false)');
    expect(text).toContain('($Lines -join "`n") + "`n"');
    const added = [...text.matchAll(/\$Lines\.Add\(.*_(?:update_info|installed_timestamp_seconds)/g)];
    expect(added).toEqual([]);
    expect(text).toContain('if ($Written.Add($Series))');
    expect(text).not.toMatch(/Out-File|Set-Content|Add-Content|[^-]>\s*\$/);
  });

  it('leaves the old file where the new one cannot be written', () => {
    expect(text).toMatch(
      /\} catch \{\s+Remove-Item -LiteralPath \$temporary[^\n]+\n[^\n]+could not be written[^\n]+\n\s+exit 3/,
    );
    expect(text).not.toMatch(/Remove-Item[^\n]*\$Path/);
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
