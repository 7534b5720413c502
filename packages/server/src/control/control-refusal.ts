/** What is wrong with a request to the control plane; its answer has the message alone, contract §10. */
export class ControlRefusal extends Error {
  constructor(
    message: string,
    readonly status: 400 | 403 | 404 = 400,
  ) {
    super(message);
  }
}
