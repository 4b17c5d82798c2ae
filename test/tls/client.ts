/** Our TLS session at a test's hand. */

import { TlsSession } from "../../hosts/moddable/tls/session.js";
import { nodeCiphers, nodeCrypto } from "./node-crypto.js";

export const request = "POST /claim HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nthe token";

export class Client {
	readonly session: TlsSession;
	/** All that came for the program. */
	received = Buffer.alloc(0);
	/** The longest record's content. */
	longest = 0;

	constructor(authority: Uint8Array, name: string, milliseconds = Date.now()) {
		const clock = { now: () => milliseconds, set: () => undefined, ticks: () => 0 };
		const options = { authority, name, clock, crypto: nodeCrypto(), ciphers: nodeCiphers };
		this.session = new TlsSession(options);
	}

	/** Hears it in parts of at most so many bytes; returns what it says to it. */
	hear(bytes: Uint8Array, most = Infinity): Uint8Array {
		for (let rest = bytes; rest.length > 0;) {
			const count = Math.min(this.session.wanted, rest.length, most);
			const wasOpen = this.session.isOpen;
			const content = this.session.receive(rest.subarray(0, count));
			rest = rest.subarray(count);
			if (!wasOpen && this.session.isOpen) this.session.write(Buffer.from(request));
			if (content === undefined) continue;
			this.longest = Math.max(this.longest, content.length);
			this.received = Buffer.concat([this.received, content]);
		}
		return this.session.takeOutput();
	}
}
