/** Sends a request to the control plane of a server, and gives its answer. */
export type CallControl = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** Calls the control plane at a URL. What it refuses is thrown as an Error with its message. */
export function controlCaller(url: string): CallControl {
  return async <T>(method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}/_test/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(messageOf(text) ?? `the server answered ${answer.status}`);
    return answerAs<T>(text === '' ? undefined : JSON.parse(text));
  };
}

function messageOf(text: string): string | undefined {
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : undefined;
}

// The type of an answer is the caller's knowledge of the route.
function answerAs<T>(value: unknown): T {
  return value as T;
}
