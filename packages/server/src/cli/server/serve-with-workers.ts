import { openLog } from '../../operations/logger.js';
import { masterKeyOf, type SettingFlags, type Settings } from '../../settings.js';
import type { WorkerEnd } from '../../workers/worker-pool.js';
import { CommandFailure } from '../command-failure.js';
import { nextStopSignal } from './next-stop-signal.js';

/**
 * Starts the workers and keeps them until SIGTERM or SIGINT, then lets them finish and returns. They get the flags as
 * variables, which nobody else can read.
 *
 * @throws InvalidSetting, CommandFailure when they can't be started
 */
export async function serveWithWorkers(settings: Settings, flags: SettingFlags): Promise<void> {
  const stopped = nextStopSignal();
  masterKeyOf(settings);
  const { WorkerPool } = await import('../../workers/worker-pool.js');
  const pool = new WorkerPool({ count: settings.workers, log: openLog(settings.logLevel), environment: flags });
  try {
    const start = await Promise.race([pool.start(), stopped]);
    if (start === undefined) return;
    if ('end' in start) return endAs(start.end);
    process.stdout.write(`countersign listening on ${start.url}\n`);
    await stopped;
  } finally {
    await pool.stop();
  }
}

// A worker that could not start has said why, on the same standard error.
function endAs({ exitCode, signal }: WorkerEnd): void {
  if (exitCode === null) throw new CommandFailure(`a worker was ended by ${signal} before it served.`);
  process.exitCode = exitCode === 0 ? 1 : exitCode;
}

/** Serves as one of several workers, until the primary process or a signal says to stop. */
export async function serveAsWorker(settings: Settings): Promise<void> {
  const stopped = nextStopSignal();
  const [{ openPrimaryLink }, { startServer }] = await Promise.all([
    import('../../workers/primary-link.js'),
    import('../../main.js'),
  ]);
  const link = openPrimaryLink();
  try {
    const server = await startServer({ settings, migrate: false, link });
    link.onHousekeeping(server.startHousekeeping);
    link.send({ countersign: 'serving', url: server.url });
    await Promise.race([link.stopped, stopped]);
    await server.close();
  } finally {
    link.close();
  }
}
