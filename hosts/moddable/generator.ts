/** The machine's generator of random bytes, in C: the SDK's own may repeat itself. */

export class Generator {
	read(byteLength: number): ArrayBuffer {
		return native("opendms_random").call(this, byteLength) as ArrayBuffer;
	}
}
