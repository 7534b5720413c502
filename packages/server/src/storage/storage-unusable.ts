/** A database that cannot be used as it was asked for; its message is one sentence for the operator. */
export class StorageUnusable extends Error {
  override readonly name: string = 'StorageUnusable';
}

/** A database that another process has open; its message is one sentence for the operator. */
export class DatabaseInUse extends StorageUnusable {
  override readonly name = 'DatabaseInUse';

  constructor(database: string) {
    super(`The database ${database} is in use: stop every countersign that has it open first.`);
  }
}
