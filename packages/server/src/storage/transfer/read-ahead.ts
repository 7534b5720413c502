/** Gives what an iterable gives, and lets it make the next one while this one is being worked on. */
export async function* readAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  const begin = () => {
    const next = iterator.next();
    // Its failure is told of when its turn comes.
    next.catch(() => undefined);
    return next;
  };
  let next = begin();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = begin();
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
