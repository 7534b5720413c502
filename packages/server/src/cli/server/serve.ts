import cluster from 'node:cluster';
import type { Command } from 'commander';
import type { ControlOptions } from '../../control/open-control.js';
import type { RunningServer } from '../../main.js';
import { InvalidSetting } from '../../setting-values.js';
import { readSettings, SETTINGS, type SettingFlags, type Settings } from '../../settings.js';
import { withoutUndefined } from '../../without-undefined.js';
import { WrongUsage } from '../command-failure.js';
import { refuseUnsafeNode } from '../refuse-unsafe-node.js';
import { type DatabaseOptions, settingFlags } from '../with-storage.js';
import { nextStopSignal } from './next-stop-signal.js';
import { serveAsWorker, serveWithWorkers } from './serve-with-workers.js';

/** Flags of the commands that serve. */
export interface ServeOptions extends DatabaseOptions {
  readonly host?: string;
  readonly port?: string;
  readonly rateLimit?: string;
  readonly workers?: string;
}

/** Adds the flags of the commands that serve. */
export function addServeOptions(command: Command): Command {
  return command
    .option('--host <address>', `${SETTINGS.COUNTERSIGN_HOST.meaning} (default: ${SETTINGS.COUNTERSIGN_HOST.default})`)
    .option('--port <number>', `${SETTINGS.COUNTERSIGN_PORT.meaning} (default: ${SETTINGS.COUNTERSIGN_PORT.default})`)
    .option('--database-url <url>', `${SETTINGS.COUNTERSIGN_DATABASE_URL.meaning}`)
    .option('--rate-limit <number>', `${SETTINGS.COUNTERSIGN_RATE_LIMIT.meaning} (default: 100)`);
}

/** The flags as settings. */
function serveFlags(options: ServeOptions): SettingFlags {
  return {
    ...settingFlags(options),
    ...withoutUndefined({
      COUNTERSIGN_HOST: options.host,
      COUNTERSIGN_PORT: options.port,
      COUNTERSIGN_RATE_LIMIT: options.rateLimit,
      COUNTERSIGN_WORKERS: options.workers,
    }),
  };
}

/**
 * The settings of environment and flags.
 *
 * @throws WrongUsage for a flag, InvalidSetting for a variable that cannot be used
 */
export function readFlaggedSettings(environment: NodeJS.ProcessEnv, options: ServeOptions): Settings {
  const flags = serveFlags(options);
  try {
    return readSettings(environment, flags);
  } catch (error) {
    if (error instanceof InvalidSetting && error.setting in flags)
      throw new WrongUsage(error.message, { cause: error });
    throw error;
  }
}

/** `countersign serve`, contract §6. */
export function serveCommand(command: Command): Command {
  return addServeOptions(command.description('serve the API; needs COUNTERSIGN_MASTER_KEY'))
    .option('--workers <number>', SETTINGS.COUNTERSIGN_WORKERS.meaning)
    .addHelpText('after', () => settingsHelp())
    .action(async (options: ServeOptions) => {
      const settings = readFlaggedSettings(process.env, options);
      refuseUnsafeNode();
      if (cluster.isWorker) await serveAsWorker(settings);
      else if (settings.workers > 1) await serveWithWorkers(settings, serveFlags(options));
      else await serveUntilSignal(settings, { migrate: false });
    });
}

/** Serves until SIGTERM or SIGINT, then finishes what is in flight and returns. */
export async function serveUntilSignal(
  settings: Settings,
  {
    migrate,
    onListening,
    control,
  }: {
    readonly migrate: boolean;
    readonly onListening?: (server: RunningServer) => Promise<void>;
    readonly control?: ControlOptions | undefined;
  },
): Promise<void> {
  const stopped = nextStopSignal();
  // The web application is loaded by the commands that serve, and not by every short command.
  const { startServer } = await import('../../main.js');
  const server = await startServer({ settings, migrate, control });
  try {
    process.stdout.write(`countersign listening on ${server.url}\n`);
    server.startHousekeeping();
    await onListening?.(server);
    await stopped;
  } finally {
    await server.close();
  }
}

function settingsHelp(): string {
  const width = Math.max(...Object.keys(SETTINGS).map((name) => name.length));
  const lines = Object.entries(SETTINGS).map(
    ([name, setting]) =>
      `  ${name.padEnd(width)}  ${setting.meaning}${setting.default === '' ? '' : ` (default: ${setting.default})`}`,
  );
  return `\nSettings in the environment (a flag wins):\n${lines.join('\n')}\n`;
}
