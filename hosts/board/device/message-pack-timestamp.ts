/** Stands for `timestamp` of `@msgpack/msgpack`: our messages have no times of that form. */

export const timestampExtension = Object.freeze({
	type: -1,
	encode: () => null,
	decode: () => undefined,
});
