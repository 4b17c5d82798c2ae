/** One HTTP request and all that its callbacks say, for the rows of the HTTP clients. */

import { concatenate } from "../../src/encoding/bytes.js";
import type { Host, HTTPClient, HTTPRequest } from "../../src/host.js";
import { equal, isTrue } from "../device/check.js";
import { EventLog, pause } from "./event-log.js";
import type { Server } from "./surroundings.js";

export interface ExchangeOptions {
	readonly method?: string;
	readonly path?: string;
	readonly headers?: readonly (readonly [name: string, value: string])[];
	readonly headersMask?: readonly string[];
	readonly body?: Uint8Array;
	/** Read at most so much at a time. */
	readonly readLength?: number;
	/** Reads nothing until `release`. */
	readonly isHeld?: boolean;
	/** Closes the client at this callback, when its entry has been noted. */
	readonly closeAt?: string;
	/** Takes the reply's body as it comes, which otherwise is kept. */
	readonly take?: (bytes: Uint8Array) => void;
	/** Goes over TLS, to a server of this name. */
	readonly tlsHost?: string;
}

/** A client of the host's, with the first callback of a failure counted as the end. */
export class Exchange {
	readonly events = new EventLog();
	status = 0;
	headers = new Map<string, string>();
	body: Uint8Array = new Uint8Array(0);
	readonly client: HTTPClient;
	#end: "whole" | "failed" | undefined;
	#sent = 0;
	#readHeld: () => void = () => undefined;
	#isReleased = false;

	constructor(host: Host, server: Server, options: ExchangeOptions = {}) {
		const { http, https } = host.network;
		const { tlsHost } = options;
		const onError = (): void => this.#note("failed", () => this.#finish("failed"));
		const where = { host: server.host, port: server.port, onError };
		this.client = this.events.calling(() =>
			tlsHost === undefined
				? new http.io({ ...http, ...where })
				: new https.io({ ...https, ...where, tls: { host: tlsHost, ca: server.authority } }),
		);
		this.ask(options);
	}

	/** Makes another request of the same client. */
	ask(options: ExchangeOptions): void {
		this.#end = undefined;
		this.#sent = 0;
		this.body = new Uint8Array(0);
		const exchange = this;
		const { body, closeAt } = options;
		const headers = new Map(options.headers ?? []);
		if (body !== undefined) headers.set("content-length", String(body.length));
		let request: HTTPRequest | undefined;
		const called = (self: HTTPRequest, entry: string, act: () => void): void =>
			exchange.#note(entry, () => {
				isTrue(self === request, "this is the request");
				act();
				if (entry === closeAt) exchange.close();
			});
		request = this.events.calling(() =>
			this.client.request({
				method: options.method ?? "GET",
				path: options.path ?? "/",
				headers,
				headersMask: options.headersMask ?? [],
				onHeaders(status, fields) {
					called(this, "headers", () => {
						exchange.status = status;
						exchange.headers = fields;
					});
				},
				onReadable(byteLength) {
					called(this, "readable", () => exchange.#read(this, byteLength, options));
				},
				onWritable(byteLength) {
					called(this, "writable", () => exchange.#write(this, byteLength, body));
				},
				onDone(error) {
					const isWhole = error === null;
					const end = isWhole ? "whole" : "failed";
					called(this, isWhole ? "done" : "failed", () => exchange.#finish(end));
				},
			}),
		);
	}

	/** Reads what waits, and from now on what comes. */
	release(): void {
		this.#isReleased = true;
		this.#readHeld();
	}

	/** Resolves at the end; after it nothing may come. */
	async ended(host: Host): Promise<"whole" | "failed"> {
		await this.events.until(() => this.#end !== undefined);
		const end = this.#end ?? "failed";
		const { length } = this.events.entries;
		if (end === "failed") this.close();
		await pause(host);
		equal(this.events.entries.slice(length), [], "after the end");
		this.events.check();
		return end;
	}

	close(): void {
		this.events.calling(() => this.client.close());
	}

	#note(entry: string, act: () => void): void {
		this.events.called(entry, act);
	}

	#finish(end: "whole" | "failed"): void {
		isTrue(this.#end !== "whole", "nothing comes after a whole reply");
		this.#end = end;
	}

	#read(request: HTTPRequest, byteLength: number, options: ExchangeOptions): void {
		const { readLength = Infinity, take, isHeld = false } = options;
		if (isHeld && !this.#isReleased) {
			this.#readHeld = () => this.#read(request, byteLength, options);
			return;
		}
		isTrue(byteLength > 0, "there is something to read");
		for (let left = byteLength; left > 0;) {
			const asked = Math.min(left, readLength);
			const bytes = this.events.calling(() => request.read(asked));
			isTrue(bytes !== undefined && bytes.byteLength > 0, "it can be read");
			if (bytes === undefined) return;
			isTrue(bytes.byteLength <= asked, "not more than asked for");
			const taken = new Uint8Array(bytes);
			if (take === undefined) this.body = concatenate(this.body, taken);
			else take(taken);
			left -= bytes.byteLength;
		}
	}

	#write(request: HTTPRequest, byteLength: number, body: Uint8Array | undefined): void {
		isTrue(byteLength > 0, "there is room");
		if (body === undefined || this.#sent >= body.length) return;
		const part = body.subarray(this.#sent, this.#sent + byteLength);
		this.#sent += part.length;
		this.events.calling(() => request.write(part));
	}
}
