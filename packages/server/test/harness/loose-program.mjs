// The program as it is before it is bundled.
import { run } from '../../dist/cli/main.js';

await run(process.argv);
