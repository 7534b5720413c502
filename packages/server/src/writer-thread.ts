import './commands.js';
import { runWriterThread } from './storage/sqlite/writer/run-writer-thread.js';

// The entry of the thread that writes to SQLite: the storage's loop, and the program's commands, which register themselves.
runWriterThread();
