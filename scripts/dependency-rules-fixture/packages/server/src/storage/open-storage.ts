import 'kysely';
import '@photostructure/sqlite';
