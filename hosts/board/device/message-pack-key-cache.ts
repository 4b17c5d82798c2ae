/** Stands for `CachedKeyDecoder` of `@msgpack/msgpack`: `decode` is told to use none. */

export class CachedKeyDecoder {}
