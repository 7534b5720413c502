import { destination, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';

/** Levels a log can be set to, most to least. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Pino's number for errors; what is higher is worse. */
const ERROR_SEVERITY = 50;
/** Bytes of log that may wait to be written together. */
const BUFFER_BYTES = 16_000;

/** A log of JSON lines on standard error, with the number of the worker where there are several. Lines are written together; what went wrong is written at once. */
export function openLog(level: (typeof LOG_LEVELS)[number], worker?: number): Logger {
  const sink = destination({ fd: 2, sync: false, minLength: BUFFER_BYTES, periodicFlush: 1_000 });
  const options: LoggerOptions = {
    level,
    base: worker === undefined ? null : { worker },
    timestamp: stdTimeFunctions.epochTime,
    formatters: { level: (label) => ({ level: label }) },
    hooks: {
      logMethod(parameters, method, severity) {
        method.apply(this, parameters);
        if (severity >= ERROR_SEVERITY) sink.flush();
      },
    },
  };
  return pino(options, sink);
}
