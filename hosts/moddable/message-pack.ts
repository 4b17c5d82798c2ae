/**
 * `@msgpack/msgpack` on the SDK: what the device program uses of it, and no module besides. The
 * names are `manifest.json`'s.
 */

export { decode } from "opendms/node_modules/msgpack/decode";
export { encode } from "opendms/node_modules/msgpack/encode";
