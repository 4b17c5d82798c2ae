/** Names that XS has in any case. */

/**
 * Names of members of ECMAScript 2022 that each firmware has, whatever program is in it: a name of
 * ours that becomes one of them takes no flash. Not those that the language itself asks objects for
 * (`then`, `toString`, `next`, `get`), nor words that can't be a variable's name.
 */
export const standardNames: readonly string[] = `
	BYTES_PER_ELEMENT EPSILON LN10 LN2 LOG10E LOG2E MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER
	MIN_VALUE NEGATIVE_INFINITY PI POSITIVE_INFINITY SQRT1_2 SQRT2 UTC abs acos acosh add all
	allSettled and any asIntN asUintN asin asinh assign at atan atan2 atanh buffer byteLength
	byteOffset cbrt ceil charAt charCodeAt clear clz32 codePointAt compareExchange compile
	concat construct copyWithin cos cosh create defineProperties defineProperty deleteProperty
	deref description dotAll endsWith every exchange exec exp expm1 fill filter find findIndex
	findLast findLastIndex flat flatMap floor forEach freeze from fromCharCode fromCodePoint
	fromEntries fround getBigInt64 getBigUint64 getDate getDay getFloat32 getFloat64 getFullYear
	getHours getInt16 getInt32 getInt8 getMilliseconds getMinutes getMonth
	getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols
	getPrototypeOf getSeconds getTime getTimezoneOffset getUTCDate getUTCDay getUTCFullYear
	getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds getUint16 getUint32
	getUint8 getYear grow growable has hasIndices hasOwn hypot ignoreCase imul includes indexOf
	is isArray isExtensible isFrozen isInteger isLockFree isSafeInteger isSealed isView join
	keyFor load localeCompare log log10 log1p log2 map match max maxByteLength min multiline
	normalize notify now of or ownKeys padEnd padStart parse pop pow preventExtensions push race
	random raw reduce reduceRight register reject repeat replace replaceAll resizable resize
	resolve reverse revocable round seal search setBigInt64 setBigUint64 setDate setFloat32
	setFloat64 setFullYear setHours setInt16 setInt32 setInt8 setMilliseconds setMinutes
	setMonth setPrototypeOf setSeconds setTime setUTCDate setUTCFullYear setUTCHours
	setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds setUint16 setUint32 setUint8
	setYear shift sign sin sinh size slice some sort splice split sqrt startsWith sticky store
	stringify sub subarray substr substring tan tanh test toDateString toExponential toFixed
	toGMTString toISOString toLocaleDateString toLocaleLowerCase toLocaleTimeString
	toLocaleUpperCase toLowerCase toPrecision toTimeString toUTCString toUpperCase trim trimEnd
	trimLeft trimRight trimStart trunc unicode unregister unshift wait xor
`
	.trim()
	.split(/\s+/);

/** Names of ECMAScript's globals, for members alone. */
export const globalNames: readonly string[] = `
	AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView
	Date EvalError FinalizationRegistry Float32Array Float64Array Int16Array Int32Array Int8Array
	JSON Map Math Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set
	SharedArrayBuffer String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array
	Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet decodeURI decodeURIComponent encodeURI
	encodeURIComponent escape isFinite isNaN parseFloat parseInt unescape
`
	.trim()
	.split(/\s+/);
