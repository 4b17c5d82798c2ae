/** What of the device program others see: apps, and hosts. By ways below `build`. */

/** Modules whose exports an app can import: those of the program. */
export const shared: readonly string[] = [
	"src/encoding/bytes.js",
	"src/encoding/utf8.js",
	"src/protocol/result.js",
];

/** What a host with another radio takes of the program. */
export const forOtherHosts: readonly string[] = [
	"hosts/moddable/crypto.js",
	"hosts/moddable/guard.js",
];

/** Modules whose members have the same names for all, and those of all types that they name. */
export const contracts: readonly string[] = [
	"src/device.js",
	"src/host.js",
	...shared,
	...forOtherHosts,
];

/**
 * Keys of our own objects that are walked, sent or kept as texts, though none of our sources has
 * them as a text. `types.test.ts` asks TypeScript that there are no others.
 */
export const walked: readonly string[] = [
	...["trial", "tried", "past", "least", "most", "default"],
	...["chip", "due", "callback", "connections", "isSecure"],
];
