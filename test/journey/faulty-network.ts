/**
 * The way between board and service inside one process, on the clock's time, with faults to order.
 */

import type { Clock } from "../../hosts/board/clock.js";
import type { Events, OutgoingRequest, Transport } from "../../hosts/board/transport.js";

/** One way through the net, in milliseconds. */
const latencyMilliseconds = 20;

/** The connection breaks at that byte, or ends there as if that were all, or the service dies. */
interface ReplyCut {
	readonly kind: "reply reset" | "reply truncated" | "killed while it replies";
	readonly fraction: number;
}

/** What befalls one exchange. `fraction` is of the bytes that get through, from 0 to below 1. */
export type ExchangeFault =
	| { readonly kind: "connection refused" }
	/** It never arrives, and nobody hears why. */
	| { readonly kind: "request lost" | "reply lost" }
	/** The connection breaks at that byte. */
	| { readonly kind: "request reset"; readonly fraction: number }
	| ReplyCut
	| { readonly kind: "request delayed" | "reply delayed"; readonly milliseconds: number }
	/** The connection breaks; the request arrives all the same, after others that came later. */
	| { readonly kind: "request overtaken"; readonly milliseconds: number }
	/** It arrives again later. */
	| { readonly kind: "request repeated"; readonly milliseconds: number }
	/** Something in front of the service answers, and the service hears nothing. */
	| { readonly kind: "server error"; readonly status: number }
	/** The same, and it says in seconds, or as a date, when to ask again. */
	| {
			readonly kind: "server busy" | "server busy until";
			readonly status: number;
			readonly waitSeconds: number;
	  }
	/** The service dies, and starts again before the next exchange. */
	| { readonly kind: "killed before commit" | "killed after commit" }
	/** Before it, the service goes back to how it was before exchange `backup`. */
	| { readonly kind: "service restored"; readonly backup: number }
	/** Before it, the device's clock jumps. */
	| { readonly kind: "device clock"; readonly jumpSeconds: number }
	/** The service's clock is wrong for this exchange. */
	| { readonly kind: "service clock"; readonly errorSeconds: number }
	/** The network is away for so long, from the moment that the request arrives. */
	| { readonly kind: "network lost"; readonly milliseconds: number }
	/** Nobody knows the name's address. */
	| { readonly kind: "name unknown" }
	/** Another server is at the address, which answers in its own way. */
	| { readonly kind: "foreign answer"; readonly status: number }
	/** The reply comes in small parts, so far apart. */
	| { readonly kind: "reply drips"; readonly milliseconds: number };

/** A reply that drips comes in so many parts. */
const dripParts = 12;
/** What a captive portal or somebody else's server says. */
const foreignPage = Buffer.from("<!doctype html><title>Welcome</title>Please log in.");

function foreignAnswer(status: number): Response {
	return new Response(null, { status, headers: { "content-type": "text/html" } });
}

type ServerError = Extract<ExchangeFault, { readonly kind: `server ${string}` }>;

/** What faults need besides the way through the net. */
export interface Victims {
	/** Answers a request, or `undefined` for silence. */
	answer(request: Request): Promise<Response | undefined>;
	/** The service dies with this request's transaction done but for the commit. */
	dieOf(request: Request): Promise<void>;
	kill(): Promise<void>;
	backUp(): Promise<void>;
	restore(): Promise<void>;
	setClockError(seconds: number): void;
	jumpDeviceClock(seconds: number): void;
	loseNetwork(milliseconds: number): void;
}

export class FaultyNetwork {
	/** Exchanges so far, hellos included. */
	exchanges = 0;
	/** How many of the faults have happened. */
	failures = 0;
	/**
	 * All bytes of requests and replies in the clear, in order: what a listener inside TLS would
	 * have.
	 */
	readonly heard: Uint8Array[] = [];
	readonly #clock: Clock;
	readonly #victims: Victims;
	readonly #faults: ReadonlyMap<number, ExchangeFault>;

	constructor(clock: Clock, victims: Victims, faults: ReadonlyMap<number, ExchangeFault>) {
		this.#clock = clock;
		this.#victims = victims;
		this.#faults = faults;
	}

	readonly transport: Transport = (request, events) => {
		const index = this.exchanges++;
		const fault = this.#faults.get(index);
		if (fault !== undefined) this.failures++;
		const exchange = new Exchange(this.#clock, events);
		const length = Number(new Map(request.headers).get("content-length") ?? 0);
		const body: Uint8Array[] = [];
		let received = 0;
		const carry = async (): Promise<void> => {
			await this.#backUp(index);
			const bytes = Buffer.concat(body);
			this.heard.push(Buffer.from(request.method + request.path + String(request.headers)), bytes);
			const arriving = requestOf(request, bytes);
			await (fault === undefined
				? this.#answer(exchange, arriving)
				: this.#befall(exchange, arriving, fault));
		};
		/** Virtual time stands still while the service works. */
		const hold = async (): Promise<void> => {
			const release = this.#clock.hold();
			await carry().finally(release);
		};
		const isBroken = fault?.kind === "request reset";
		exchange.later(() => {
			if (fault?.kind === "connection refused" || fault?.kind === "name unknown") {
				return exchange.fail();
			}
			events.onConnected();
			if (length === 0) void (isBroken ? exchange.fail() : hold());
		});
		return {
			write(bytes) {
				body.push(bytes);
				received += bytes.length;
				if (isBroken && received >= length * fault.fraction) exchange.fail();
				else if (received >= length) exchange.later(() => void hold());
			},
			close: () => exchange.close(),
		};
	};

	async #backUp(index: number): Promise<void> {
		for (const fault of this.#faults.values()) {
			if (fault.kind === "service restored" && fault.backup === index) await this.#victims.backUp();
		}
	}

	async #answer(
		exchange: Exchange,
		request: Request,
		milliseconds = 0,
		partMilliseconds = 0,
	): Promise<void> {
		const response = await this.#victims.answer(request);
		if (response === undefined) return;
		const reply = new Uint8Array(await response.arrayBuffer());
		this.heard.push(reply);
		if (partMilliseconds > 0) exchange.drip(response, reply, partMilliseconds);
		else exchange.reply(response, reply, reply.length, milliseconds);
	}

	async #befall(exchange: Exchange, request: Request, fault: ExchangeFault): Promise<void> {
		const victims = this.#victims;
		switch (fault.kind) {
			case "connection refused":
			case "name unknown":
			case "request lost":
			case "request reset":
				return;
			case "reply lost":
				return void (await victims.answer(request));
			case "reply reset":
			case "reply truncated":
			case "killed while it replies":
				return this.#cutReply(exchange, request, fault);
			case "request delayed":
				return this.#afterwards(fault.milliseconds, () => this.#answer(exchange, request));
			case "reply delayed":
				return this.#answer(exchange, request, fault.milliseconds);
			case "request overtaken":
				exchange.fail();
				return this.#afterwards(fault.milliseconds, () => victims.answer(request));
			case "request repeated":
				this.#afterwards(fault.milliseconds, () => victims.answer(request.clone()));
				return this.#answer(exchange, request.clone());
			case "server error":
			case "server busy":
			case "server busy until":
				return exchange.reply(this.#errorOf(fault), new Uint8Array(), 0);
			case "killed before commit":
				await victims.dieOf(request);
				return exchange.fail();
			case "killed after commit":
				await victims.answer(request);
				await victims.kill();
				return exchange.fail();
			case "service restored":
				await victims.restore();
				return this.#answer(exchange, request);
			case "device clock":
				victims.jumpDeviceClock(fault.jumpSeconds);
				return this.#answer(exchange, request);
			case "network lost":
				victims.loseNetwork(fault.milliseconds);
				return void (await victims.answer(request));
			case "foreign answer":
				return exchange.reply(foreignAnswer(fault.status), foreignPage, foreignPage.length);
			case "reply drips":
				return this.#answer(exchange, request, 0, fault.milliseconds);
			case "service clock":
				victims.setClockError(fault.errorSeconds);
				return this.#answer(exchange, request).finally(() => victims.setClockError(0));
		}
	}

	async #cutReply(exchange: Exchange, request: Request, fault: ReplyCut): Promise<void> {
		const response = await this.#victims.answer(request);
		if (response === undefined) return;
		const reply = new Uint8Array(await response.arrayBuffer());
		const count = Math.floor(reply.length * fault.fraction);
		if (fault.kind === "killed while it replies") await this.#victims.kill();
		exchange.reply(response, reply, count, 0, fault.kind !== "reply truncated");
	}

	#errorOf(fault: ServerError): Response {
		const { kind, status } = fault;
		if (kind === "server error") return new Response(null, { status });
		const until = new Date(this.#clock.now() + fault.waitSeconds * 1000).toUTCString();
		const wait = kind === "server busy" ? String(fault.waitSeconds) : until;
		return new Response(null, { status, headers: { "retry-after": wait } });
	}

	#afterwards(milliseconds: number, act: () => Promise<unknown>): void {
		this.#clock.after(milliseconds, () => {
			const release = this.#clock.hold();
			void act().finally(release);
		});
	}
}

/** The device's end of one exchange: silent once it is closed. */
class Exchange {
	readonly #clock: Clock;
	readonly #events: Events;
	#isOpen = true;

	constructor(clock: Clock, events: Events) {
		this.#clock = clock;
		this.#events = events;
	}

	later(act: () => void, milliseconds = 0): void {
		this.#clock.after(latencyMilliseconds + milliseconds, () => this.#isOpen && act());
	}

	fail(): void {
		this.later(() => this.#end(() => this.#events.onError()));
	}

	/** The first `count` bytes of a reply; it ends as it should, or breaks. */
	reply(
		response: Response,
		reply: Uint8Array,
		count: number,
		milliseconds = 0,
		isBroken = false,
	): void {
		this.later(() => {
			this.#events.onHeaders(response.status, headersOf(response, reply));
			if (count > 0) this.#events.onData(reply.subarray(0, count));
			this.#end(() => (isBroken ? this.#events.onError() : this.#events.onEnd()));
		}, milliseconds);
	}

	/** A reply in parts that come so far apart. */
	drip(response: Response, reply: Uint8Array, milliseconds: number): void {
		this.later(() => this.#events.onHeaders(response.status, headersOf(response, reply)));
		const partLength = Math.ceil(reply.length / dripParts);
		let after = 0;
		for (let start = 0; start < reply.length; start += partLength) {
			const part = reply.slice(start, start + partLength);
			this.later(() => this.#events.onData(part), (after += milliseconds));
		}
		this.later(() => this.#end(() => this.#events.onEnd()), after + 1);
	}

	close(): void {
		this.#isOpen = false;
	}

	#end(act: () => void): void {
		if (this.#isOpen) act();
		this.#isOpen = false;
	}
}

export function requestOf(request: OutgoingRequest, body: Uint8Array): Request {
	const scheme = request.tls === undefined ? "http" : "https";
	const url = scheme + "://" + request.host + ":" + request.port + request.path;
	const headers = new Headers(
		request.headers.map(([name, value]): [string, string] => [name, value]),
	);
	const content = body.length === 0 ? {} : { body };
	return new Request(url, { method: request.method, headers, ...content });
}

export function headersOf(response: Response, reply: Uint8Array): ReadonlyMap<string, string> {
	const headers = new Map(response.headers);
	if (response.status !== 204) headers.set("content-length", String(reply.length));
	return headers;
}
