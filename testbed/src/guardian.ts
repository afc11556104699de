import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * A shell that outlives us by a moment. It holds the read end of a pipe; however this process ends (return, signal,
 * uncaught error, SIGKILL) the kernel closes the pipe, and the shell then ends every process and folder it was told of.
 * SIGINT first: it is PostgreSQL's fast shutdown, and the Prometheus programs take it like SIGTERM.
 */
const script = `
trap '' HUP INT TERM
processes=' '; folders=''
while read -r word value; do
  case $word in
    guard) processes="$processes$value " ;;
    release) processes="\${processes%% $value *} \${processes#* $value }" ;;
    folder) folders="$folders
$value" ;;
  esac
done
for pid in $processes; do kill -s INT -- "-$pid" 2>/dev/null; done
for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  alive=
  for pid in $processes; do kill -0 -- "-$pid" 2>/dev/null && alive=yes; done
  [ -n "$alive" ] || break
  sleep 0.1
done
for pid in $processes; do kill -s KILL -- "-$pid" 2>/dev/null; done
printf '%s\\n' "$folders" | while read -r folder; do [ -n "$folder" ] && rm -rf -- "$folder"; done
`;

let shell: ChildProcess | undefined;

function tell(line: string): void {
  if (shell === undefined) {
    shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    shell.unref();
    (shell.stdin as (Writable & { unref?: () => void }) | null)?.unref?.();
  }
  shell.stdin?.write(`${line}\n`);
}

/** Ends the process group `pid` when this process ends, however it ends. The child must lead its own group. */
export function guardProcessGroup(pid: number): void {
  tell(`guard ${pid}`);
}

/** Forgets a process that has ended, before its id is used again by another. */
export function releaseProcessGroup(pid: number): void {
  tell(`release ${pid}`);
}

/** Removes a folder when this process has ended and its children with it. */
export function guardFolder(folder: string): void {
  tell(`folder ${folder}`);
}
