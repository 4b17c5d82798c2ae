/** A page that shows what the service knows now. */

import { watch } from "./live/watch.js";

watch();
