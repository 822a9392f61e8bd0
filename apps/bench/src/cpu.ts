import { readdirSync, readFileSync } from 'node:fs';

const msPerTick = 10;

interface Stat {
  parent: number;
  /** Of the process itself and of its children that have ended, in milliseconds. */
  ownMs: number;
  pastChildrenMs: number;
}

function readStat(pid: number): Stat | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and parentheses; what follows the last one does not.
    const fields = line
      .slice(line.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, user, system, pastUser, pastSystem] = [1, 11, 12, 13, 14].map((index) => fields[index] ?? 0);
    return {
      parent: parent!,
      ownMs: (user! + system!) * msPerTick,
      pastChildrenMs: (pastUser! + pastSystem!) * msPerTick,
    };
  } catch {
    return null;
  }
}

/** What a process and its children, living and ended, have used of the processors so far, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readStat(pid);
  if (!stat) return 0;
  const children = allPids().filter((each) => readStat(each)?.parent === pid);
  return stat.ownMs + stat.pastChildrenMs + children.reduce((sum, child) => sum + cpuMsOf(child), 0);
}

const allPids = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** How much memory a process holds, in MiB. */
export function rssMbOf(pid: number): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb ?? 0) / 1024;
}
