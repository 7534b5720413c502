import { printNote } from './print.js';

/** Options whose value may hold a password, with the variables that take it where nobody else sees it. */
const VARIABLES = new Map([
  ['--database-url', 'COUNTERSIGN_DATABASE_URL'],
  ['--from', 'COUNTERSIGN_FROM_DATABASE_URL'],
  ['--to', 'COUNTERSIGN_TO_DATABASE_URL'],
  ['--secret', 'COUNTERSIGN_LISTEN_SECRET'],
]);

/**
 * Takes secrets that were given as arguments out of what others see of this process, and says how to give them: until then
 * everybody on the machine could read them.
 */
export function hideSecrets(argv: readonly string[]): void {
  const shown = [...argv];
  const notes: string[] = [];
  for (const [index, argument] of argv.entries()) {
    const [option = '', joined] = argument.split(/=(.*)/s, 2);
    const variable = VARIABLES.get(option);
    const value = joined ?? argv[index + 1];
    if (variable === undefined || value === undefined || !holdsSecret(option, value)) continue;
    shown[joined === undefined ? index + 1 : index] = joined === undefined ? '***' : `${option}=***`;
    notes.push(`countersign: others on this machine can read what stands in ${option}; set ${variable} instead.`);
  }
  if (notes.length > 0) process.title = shown.join(' ');
  for (const note of notes) printNote(note);
}

function holdsSecret(option: string, value: string): boolean {
  if (option === '--secret') return true;
  // What is no URL may be one with a password that is spelled wrong.
  if (!URL.canParse(value)) return value.includes('@') || value.includes('password=');
  const { password, searchParams } = new URL(value);
  return password !== '' || searchParams.has('password') || searchParams.has('sslpassword');
}
