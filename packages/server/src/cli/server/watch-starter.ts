import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';

/** How often it is looked whether the starter is there, in milliseconds. */
const LOOK_EVERY_MS = 250;
const SHELLS = new Set(['ash', 'bash', 'busybox', 'dash', 'ksh', 'mksh', 'sh', 'zsh']);

/**
 * Calls back once when the shell that waits for this program is gone: it got the signal, and the program, which it stood
 * for, did not. npm runs a program in such a shell, and so does whoever starts it by a command line.
 *
 * A shell that put the program into the background may end as it likes, and so may any other parent: servers are started
 * that way. So the shell must be npm's, or be seen waiting for this program alone; and it must have left the program in its
 * own process group, which an interactive shell and a daemon's starter don't.
 */
export function watchStarter(onGone: () => void): void {
  const starter = process.ppid;
  if (starter <= 1 || cluster.isWorker) return;
  let isWaiting = false;
  const look = () => {
    if (process.ppid === starter) {
      isWaiting = isWaitingFor(starter) ?? isWaiting;
      return;
    }
    clearInterval(timer);
    if (isWaiting) onGone();
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  look();
}

// Undefined for one that is at something, such as its end. Where there is no /proc, what npm says of itself has to do.
function isWaitingFor(starter: number): boolean | undefined {
  const isOfNpm = process.env.npm_lifecycle_event !== undefined;
  if (process.platform !== 'linux') return isOfNpm;
  try {
    const [own, parent] = [statusOf('self'), statusOf(starter)];
    if (!SHELLS.has(parent.name) || parent.group !== own.group) return false;
    if (isOfNpm) return true;
    if (parent.state !== 'S') return undefined;
    const children = readFileSync(`/proc/${starter}/task/${starter}/children`, 'utf8').trim().split(' ');
    return children.length === 1 && readFileSync(`/proc/${starter}/wchan`, 'utf8') === 'do_wait';
  } catch {
    return undefined;
  }
}

/** What is known of a process, proc(5). The name stands in parentheses, and may hold some. */
function statusOf(process: number | 'self') {
  const text = readFileSync(`/proc/${process}/stat`, 'utf8');
  const end = text.lastIndexOf(')');
  const [state, , group] = text.slice(end + 2).split(' ');
  return { name: text.slice(text.indexOf('(') + 1, end), state, group };
}
