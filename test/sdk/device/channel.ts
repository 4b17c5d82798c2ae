/** Lines of JSON over TCP, to and from the test that runs the simulator. */

import TCP from "embedded:io/socket/tcp";
import { utf8Decode, utf8Encode } from "../../../src/encoding/utf8.js";

const lineFeed = 0x0a;

export class Channel {
	readonly #socket: TCP;
	readonly #onLine: (value: unknown) => void;
	#outgoing: Uint8Array[] = [];
	#writable = 0;
	#line: number[] = [];

	constructor(port: number, onLine: (value: unknown) => void) {
		this.#onLine = onLine;
		this.#socket = new TCP({
			address: "127.0.0.1",
			port,
			onReadable: (byteLength) => this.#receive(byteLength),
			onWritable: (byteLength) => {
				this.#writable = byteLength;
				this.#flush();
			},
			onError: () => trace("the channel is lost\n"),
		});
	}

	send(value: unknown): void {
		this.#outgoing.push(utf8Encode(JSON.stringify(value) + "\n"));
		this.#flush();
	}

	#flush(): void {
		for (;;) {
			const [bytes] = this.#outgoing;
			if (bytes === undefined || this.#writable === 0) return;
			const part = bytes.subarray(0, this.#writable);
			this.#socket.write(part.slice().buffer);
			this.#writable -= part.length;
			if (part.length === bytes.length) this.#outgoing.shift();
			else this.#outgoing[0] = bytes.subarray(part.length);
		}
	}

	#receive(byteLength: number): void {
		const bytes = this.#socket.read(byteLength);
		if (!(bytes instanceof ArrayBuffer)) return;
		for (const byte of new Uint8Array(bytes)) {
			if (byte !== lineFeed) {
				this.#line.push(byte);
				continue;
			}
			const line = Uint8Array.from(this.#line);
			this.#line = [];
			this.#onLine(JSON.parse(utf8Decode(line, 0, line.length)));
		}
	}
}
