/** The app of a device without one: a plain DMS console. */

import type { App } from "../../src/device.js";

const app: App = Object.freeze({});
// `export default app` would be a variable of its own when compiled, which flash can't hold.
export { app as default };
