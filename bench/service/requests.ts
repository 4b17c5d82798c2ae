/** Requests as a device sends them, signed and ready to be written. */

import { deviceLabel } from "../../src/protocol/signature.js";
import { bundlePath } from "../../src/protocol/update.js";
import {
	createNonce,
	type Draft,
	draftOf,
	facts,
	type KeyPair,
	type Parts,
} from "../../test/dms/protocol-device.js";
import { address } from "./fleet.js";

const clock = {
	now: Date.now,
	seconds: () => Math.floor(Date.now() / 1000),
	advance: () => undefined,
};

/** A query; it changes nothing unless the device comes with another version. */
export function poll(key: KeyPair, version = facts.version): Buffer {
	const body = { version, sequence: 0, generation: 1 };
	return signed({ method: "POST", path: "/update", body }, key);
}

export function report(key: KeyPair, bundle: string, status: number, percent: number): Buffer {
	return signed({ method: "PUT", path: "/update", body: { bundle, status, percent } }, key);
}

/** A change that every device can make at any time. */
export function acknowledgement(key: KeyPair): Buffer {
	return signed({ method: "PUT", path: "/provision" }, key);
}

export function hello(): Buffer {
	return bytesOf({ method: "GET", url: "/hello?nonce=" + createNonce(), headers: {} });
}

export function statement(bundle: string): Buffer {
	return bytesOf({ method: "GET", url: bundlePath(bundle, "statement"), headers: {} });
}

function signed(parts: Parts, key: KeyPair): Buffer {
	return bytesOf(draftOf(parts, [{ label: deviceLabel, key }], clock));
}

function bytesOf({ method, url, headers, body }: Draft): Buffer {
	const target = url.replace(/^https:\/\/[^/]*/, "");
	const fields = Object.entries({ host: address, ...headers });
	const lines = fields.map(([name, value]) => name + ": " + value);
	const head = [method + " " + target + " HTTP/1.1", ...lines, "", ""].join("\r\n");
	return Buffer.concat([Buffer.from(head, "latin1"), body ?? new Uint8Array()]);
}
