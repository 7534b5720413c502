import { findNodeFault } from '../node-versions.js';
import { CommandFailure } from './command-failure.js';

/** Refuses to serve on a Node.js with a known hole. @throws CommandFailure that names the version to take */
export function refuseUnsafeNode(): void {
  const fault = findNodeFault(process.versions.node);
  if (fault !== undefined) throw new CommandFailure(`${fault}.`);
}
