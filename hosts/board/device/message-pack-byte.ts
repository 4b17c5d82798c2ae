/**
 * Stands for `utils/prettyByte` of `@msgpack/msgpack`, which its errors take: our own check has
 * refused such bytes before.
 */

export const prettyByte = String;
