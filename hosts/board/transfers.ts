/** HTTP over the board's radio: requests under way, and TCP's window before what they bring. */

import { bytesOf, numberOf, type Operations, type Post, textOf } from "./operations.js";
import type { Value } from "./processor.js";
import { headerPairsOf } from "./transport.js";
import type { Events, Outgoing, OutgoingRequest, Transport } from "./transport.js";

/** How much of a body the program may hand over at a time. */
const writableLength = 1024;

/**
 * So much waits for the program at most; what comes behind it stays with the peer until there is
 * room (`CONFIG_LWIP_TCP_WND_DEFAULT` of the SDK's sdkconfig).
 */
const windowLength = 5744;

interface Transfer {
	readonly outgoing: Outgoing;
	readonly mask: readonly string[];
	/** Of the body: bytes that the program has still to hand over. */
	missing: number;
	/** What has come and isn't read: as it came, since joining it would take time in plenty. */
	readonly waiting: Uint8Array[];
	/** What the peer has sent, or would have: there was no room in the window. */
	readonly unsent: Uint8Array[];
	isEnded: boolean;
}

export class Transfers {
	/** Made so far, as `METHOD /path`. */
	readonly requests: string[] = [];
	readonly #post: Post;
	readonly #transport: Transport;
	readonly #isUp: () => boolean;
	#transfers = new Map<number, Transfer>();
	#lastId = 0;

	/** `isUp` says whether there is a network. */
	constructor(post: Post, transport: Transport, isUp: () => boolean) {
		this.#post = post;
		this.#transport = transport;
		this.#isUp = isUp;
	}

	readonly operations: Operations = {
		"http.request": (host, port, tlsHost, ca, method, path, mask, ...fields) => {
			const tls =
				tlsHost === undefined ? {} : { tls: { host: textOf(tlsHost), ca: bytesOf(ca).slice() } };
			const request: OutgoingRequest = {
				host: textOf(host),
				port: numberOf(port),
				...tls,
				method: textOf(method),
				path: textOf(path),
				headers: headerPairsOf(fields),
			};
			return this.#request(request, textOf(mask).split(","));
		},
		"http.write": (id, bytes) => {
			const transfer = this.#transfers.get(numberOf(id));
			if (transfer === undefined) return undefined;
			const part = bytesOf(bytes);
			transfer.missing -= part.length;
			transfer.outgoing.write(part.slice());
			if (transfer.missing > 0) this.#postWritable(numberOf(id), transfer);
			return undefined;
		},
		"http.waiting": (id) => this.#countWaiting(numberOf(id)),
		"http.read": (id, byteLength) => this.#read(numberOf(id), numberOf(byteLength)),
		"http.close": (id) => {
			this.#transfers.get(numberOf(id))?.outgoing.close();
			this.#transfers.delete(numberOf(id));
			return undefined;
		},
	};

	/** All that is under way breaks off, and nobody is told. */
	reset(): void {
		for (const { outgoing } of this.#transfers.values()) outgoing.close();
		this.#transfers.clear();
	}

	/** All that is under way fails: the network is gone. */
	fail(): void {
		for (const [id, { outgoing }] of this.#transfers) {
			outgoing.close();
			this.#fail(id);
		}
	}

	#request(request: OutgoingRequest, mask: readonly string[]): number {
		const id = ++this.#lastId;
		this.requests.push(request.method + " " + request.path);
		if (!this.#isUp()) {
			this.#fail(id);
			return id;
		}
		const missing = Number(new Map(request.headers).get("content-length") ?? 0);
		const outgoing = this.#transport(request, this.#events(id));
		this.#transfers.set(id, {
			outgoing,
			mask,
			missing,
			waiting: [],
			unsent: [],
			isEnded: false,
		});
		return id;
	}

	/** A transfer that the program has closed, or that a reset has, hears nothing any more. */
	#events(id: number): Events {
		const withTransfer = (act: (transfer: Transfer) => void): void => {
			const transfer = this.#transfers.get(id);
			if (transfer !== undefined) act(transfer);
		};
		return {
			onConnected: () =>
				withTransfer((transfer) => {
					if (transfer.missing > 0) this.#postWritable(id, transfer);
				}),
			onHeaders: (status, headers) =>
				withTransfer((transfer) => {
					const kept = [...headers].filter(([name]) => transfer.mask.includes(name));
					const head = kept.map(([name, value]) => name + ": " + value + "\r\n").join("");
					this.#post("http." + id, "headers", status, head);
				}),
			onData: (bytes) =>
				withTransfer((transfer) => {
					transfer.unsent.push(bytes);
					this.#fill(id, transfer);
				}),
			onEnd: () =>
				withTransfer((transfer) => {
					transfer.isEnded = true;
					this.#endWhenRead(id, transfer);
				}),
			onError: () => withTransfer(() => this.#fail(id)),
		};
	}

	#countWaiting(id: number): number {
		const transfer = this.#transfers.get(id);
		return transfer === undefined ? 0 : lengthOf(transfer.waiting);
	}

	/** Lets in what the window has room for. */
	#fill(id: number, { waiting, unsent }: Transfer): void {
		let room = windowLength - lengthOf(waiting);
		let hasCome = false;
		for (let part = unsent[0]; part !== undefined && room > 0; part = unsent[0]) {
			const piece = part.subarray(0, room);
			waiting.push(piece);
			room -= piece.length;
			hasCome = true;
			if (piece.length === part.length) unsent.shift();
			else unsent[0] = part.subarray(piece.length);
		}
		if (hasCome) this.#post("http." + id, "readable");
	}

	#read(id: number, byteLength: number): Value {
		const transfer = this.#transfers.get(id);
		if (transfer === undefined || transfer.waiting.length === 0) return undefined;
		const { waiting } = transfer;
		const bytes = new Uint8Array(byteLength);
		let length = 0;
		for (let part = waiting[0]; part !== undefined && length < byteLength; part = waiting[0]) {
			const taken = part.subarray(0, byteLength - length);
			bytes.set(taken, length);
			length += taken.length;
			if (taken.length === part.length) waiting.shift();
			else waiting[0] = part.subarray(taken.length);
		}
		this.#fill(id, transfer);
		this.#endWhenRead(id, transfer);
		return bytes.subarray(0, length);
	}

	#endWhenRead(id: number, transfer: Transfer): void {
		if (!transfer.isEnded || transfer.waiting.length + transfer.unsent.length > 0) return;
		this.#transfers.delete(id);
		this.#post("http." + id, "done");
	}

	#postWritable(id: number, transfer: Transfer): void {
		this.#post("http." + id, "writable", Math.min(writableLength, transfer.missing));
	}

	#fail(id: number): void {
		this.#transfers.delete(id);
		this.#post("http." + id, "error");
	}
}

function lengthOf(parts: readonly Uint8Array[]): number {
	return parts.reduce((length, part) => length + part.length, 0);
}
