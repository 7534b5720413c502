/** The module of the thread that writes, with every command of the program. */
export const WRITER_ENTRY = new URL('./writer-thread.js', import.meta.url);
