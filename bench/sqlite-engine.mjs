/** The benchmark's databases in SQLite: files in folders of their own. */
import { constants, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Name of the database file; SQLite puts others beside it that start the same. */
const DATABASE_NAME = 'bench.db';

/**
 * A database of a run.
 *
 * @typedef {object} Database
 * @property {string} url
 * @property {() => Promise<boolean>} exists
 * @property {() => Promise<void>} clear makes it, empty, whatever was there
 * @property {() => Promise<Database>} copy a new database with the same contents; nothing may have this one open
 * @property {() => Promise<void>} settle brings a database that was filled at once into the state of one that grew slowly
 * @property {() => Promise<number>} bytes what it takes on disk
 * @property {() => Promise<void>} remove
 *
 * @typedef {object} Engine
 * @property {string} name
 * @property {string} recordName file in a folder of kept databases that tells of the engine's
 * @property {string} description
 * @property {boolean} isDurable
 * @property {number} [pid] the database server's first process, where it can be watched from here
 * @property {() => Promise<Database>} newDatabase an empty one, removed with the engine
 * @property {(directory: string) => Database} keptDatabase the one that belongs to a folder
 * @property {() => Promise<void>} close removes what {@link Engine.newDatabase} and {@link Database.copy} made
 */

/** Databases in files below a temporary folder. @param {{ temp: string }} place @returns {Engine} */
export function sqliteEngine({ temp }) {
  const newFolder = () => mkdtempSync(join(temp, 'database-'));
  return {
    name: 'sqlite',
    recordName: 'bench-database.json',
    description: 'SQLite, embedded',
    isDurable: true,
    newDatabase: async () => database(newFolder(), newFolder),
    keptDatabase: (directory) => database(directory, newFolder),
    // They go with the temporary folder.
    close: async () => {},
  };
}

/** @returns {Database} */
function database(directory, newFolder) {
  const files = () => readdirSync(directory).filter((name) => name.startsWith(DATABASE_NAME));
  return {
    url: `sqlite:${join(directory, DATABASE_NAME)}`,
    exists: async () => existsSync(join(directory, DATABASE_NAME)),
    clear: async () => {
      for (const name of files()) rmSync(join(directory, name));
    },
    copy: async () => {
      const target = newFolder();
      for (const name of files()) copyFileSync(join(directory, name), join(target, name), constants.COPYFILE_FICLONE);
      return database(target, newFolder);
    },
    settle: async () => {},
    bytes: async () => files().reduce((sum, name) => sum + statSync(join(directory, name)).size, 0),
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
}
