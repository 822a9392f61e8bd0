import fs from 'node:fs';

const LOOK_EVERY_MS = 1_000;

/**
 * Calls back once when the npm that runs us is gone. npm passes on SIGINT and SIGTERM to its shell, but the shell does
 * not pass SIGTERM on, and nobody passes on a SIGKILL; we would live on, unseen, holding the ports. So we look whether our parent is
 * still the same and, on Linux, the parent of the shell between npm and us.
 */
export function watchParents(onGone: () => void): void {
  const parent = process.ppid;
  const grandparent = isShell(parent) ? parentOf(parent) : null;
  const timer = setInterval(() => {
    if (process.ppid === parent && (grandparent === null || parentOf(parent) === grandparent)) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

function isShell(pid: number): boolean {
  return /^.*\(\w*sh\) /.test(statOf(pid));
}

function parentOf(pid: number): number | null {
  const [, parent] = statOf(pid)
    .replace(/^.*\) /s, '')
    .split(' ');
  return parent ? Number(parent) : null;
}

/** `<pid> (<command>) <state> <parent> …`; empty where there is no /proc. */
function statOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
