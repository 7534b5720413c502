import type { Command } from 'commander';
import { secretBox } from '../../identity/apps/secret-box.js';
import { openLog } from '../../operations/logger.js';
import { masterKeyOf } from '../../settings.js';
import { refuseUnsafeNode } from '../refuse-unsafe-node.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { nextStopSignal } from './next-stop-signal.js';

/** How long deliveries in flight may take to end, in milliseconds. */
const DRAIN_MS = 8_000;

/** `countersign deliver`, contract §5. */
export function deliverCommand(command: Command): Command {
  return command
    .description('deliver webhooks, in a process of its own')
    .option('--database-url <url>', 'the database')
    .addHelpText('after', DELIVER_HELP)
    .action(async (options: DatabaseOptions) => {
      refuseUnsafeNode();
      const settings = readCommandSettings(options);
      const box = secretBox(masterKeyOf(settings));
      const log = openLog(settings.logLevel);
      const stopped = nextStopSignal();
      // What sends is loaded by the commands that send, and not by every short command.
      const { deliverEvents } = await import('../../webhooks/delivery/deliver-events.js');
      await withStorage(settings, async (storage) => {
        const { allowPrivate, retryMs } = settings.webhooks;
        const engine = deliverEvents({
          storage,
          box,
          policy: { allowPrivate },
          schedule: retryMs,
          onNotice: ({ level, message, fields }) => log[level](fields, message),
        });
        process.stdout.write('countersign delivering\n');
        await stopped;
        await engine.stop(DRAIN_MS);
      });
    });
}

const DELIVER_HELP = `
Needs COUNTERSIGN_MASTER_KEY, as the server has it. Several may run beside each other, and beside servers that deliver
themselves; those with COUNTERSIGN_DELIVER_WEBHOOKS=false leave it to them. SIGTERM ends it after what is in flight.
`;
