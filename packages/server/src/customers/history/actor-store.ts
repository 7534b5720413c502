import type { HistoryActor } from '@countersign/contract';
import { statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { MadeBy } from './made-by.js';

/** Who made what nobody is known of: changes from before there was a history. */
const SERVER: HistoryActor = { type: 'server', id: null, name: 'server' };

const findApp = statement<{ appId: number }>()(({ db, param }) =>
  db.selectFrom('apps').select(['client_id', 'name']).where('id', '=', param('appId')),
);

const findUser = statement<{ userId: number }>()(({ db, param }) =>
  db.selectFrom('users').select(['uuid', 'email']).where('id', '=', param('userId')),
);

/** Tells who made versions, by their present names; each is looked up once. */
export class ActorReader {
  readonly #reader: Reader;
  readonly #known = new Map<string, Promise<HistoryActor>>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Who made a version. */
  get({ appId, userId }: Pick<MadeBy, 'appId' | 'userId'>): Promise<HistoryActor> {
    const key = `${appId}|${userId}`;
    const known = this.#known.get(key) ?? this.#find(appId, userId);
    this.#known.set(key, known);
    return known;
  }

  async #find(appId: number | undefined, userId: number | undefined): Promise<HistoryActor> {
    if (userId !== undefined) {
      const user = await this.#reader.first(findUser, { userId });
      return { type: 'user', id: user === undefined ? null : uuidText(user.uuid), name: user?.email ?? null };
    }
    if (appId === undefined) return SERVER;
    const app = await this.#reader.first(findApp, { appId });
    return { type: 'app', id: app?.client_id ?? null, name: app?.name ?? null };
  }
}
