/** The service, asked through its API in the name of who has logged in. */

import { SetupError } from "./setup-error.js";

const answerMilliseconds = 15_000;
const awaySentence =
	"The service doesn't answer. Is it running, and is this computer on its network? Then press " +
	"Again.";
const loggedOutSentence =
	"Your session has ended. Log in in another tab of this browser, then press Again.";

/** A device as the service knows it. */
export interface KnownDevice {
	readonly owner: string | null;
	readonly product: string | null;
}

/** `undefined` when the service doesn't know it, or doesn't show it to whoever asks. */
export async function findDevice(uuid: string): Promise<KnownDevice | undefined> {
	const response = await ask("GET", "/devices/" + encodeURIComponent(uuid));
	if (response.status === 404) return undefined;
	const value = await valueOf(response);
	return { owner: textIn(value, "owner") ?? null, product: textIn(value, "product") ?? null };
}

/**
 * A token of one kind that nobody has had before. It is made when it is needed, and stays the same
 * until it is dropped: an answer that was lost is asked for again by the same key.
 */
export class FreshToken {
	readonly #path: string;
	readonly #body: object;
	#key = crypto.randomUUID();
	#text: string | undefined;

	constructor(path: string, body: object) {
		this.#path = path;
		this.#body = body;
	}

	async text(): Promise<string> {
		if (this.#text !== undefined) return this.#text;
		const headers = { "idempotency-key": `"${this.#key}"` };
		const value = await valueOf(await ask("POST", this.#path, this.#body, headers));
		this.#text = textIn(value, "token");
		if (this.#text === undefined) throw new SetupError(awaySentence);
		return this.#text;
	}

	/** It is good for nothing: the next one is another. */
	drop(): void {
		this.#key = crypto.randomUUID();
		this.#text = undefined;
	}
}

/** What a cable puts onto a blank chip. */
export interface FactoryImage {
	readonly version: string;
	readonly parts: readonly { readonly address: number; readonly length: number }[];
}

/** `undefined` when nobody has put one there. */
export async function findFactoryImage(product: string): Promise<FactoryImage | undefined> {
	const response = await ask("GET", factoryImagePath(product));
	if (response.status === 404) return undefined;
	const value = await valueOf(response);
	const version = textIn(value, "version");
	const parts = propertyOf(value, "parts");
	if (version === undefined || !Array.isArray(parts)) throw new SetupError(awaySentence);
	return {
		version,
		parts: parts.map((part: unknown) => ({
			address: Number(propertyOf(part, "address")),
			length: Number(propertyOf(part, "length")),
		})),
	};
}

/** All of its bytes. */
export async function readFactoryImage(product: string): Promise<Uint8Array> {
	const response = await ask("GET", factoryImagePath(product) + "/content");
	if (!response.ok) await valueOf(response);
	return new Uint8Array(await response.arrayBuffer());
}

function factoryImagePath(product: string): string {
	return `/products/${encodeURIComponent(product)}/factory-image`;
}

async function ask(
	method: string,
	path: string,
	body?: object,
	headers: Record<string, string> = {},
): Promise<Response> {
	const signal = AbortSignal.timeout(answerMilliseconds);
	const content = body === undefined ? {} : { body: JSON.stringify(body) };
	try {
		const response = await fetch("/api/v1" + path, { method, headers, signal, ...content });
		if (response.status !== 401) return response;
	} catch {
		throw new SetupError(awaySentence);
	}
	throw new SetupError(loggedOutSentence);
}

/** The answer; throws with the service's own sentence when it has refused. */
async function valueOf(response: Response): Promise<unknown> {
	const value: unknown = await response.json().catch(() => undefined);
	if (response.ok) return value;
	throw new SetupError(textIn(value, "detail") ?? awaySentence);
}

function textIn(value: unknown, name: string): string | undefined {
	const property = propertyOf(value, name);
	return typeof property === "string" ? property : undefined;
}

function propertyOf(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
