export type { ClockTime, Fault, FaultEffect, FaultMatch, NewFault, ReceivedRequest } from './control-types.js';
export {
  type StartOptions,
  startCountersign,
  type TestClock,
  type TestFaults,
  type TestServer,
  type TestTeam,
} from './start-countersign.js';
