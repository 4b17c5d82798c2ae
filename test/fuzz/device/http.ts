/**
 * The HTTP exchange with a host that says anything, in any order: it ends by its time-out at the
 * latest, once, with a whole reply or a reason from the closed set.
 *
 * The first byte of the input says what is asked; each further one is an event, and takes the next
 * as its parameter.
 */

import { fetchReply, type Request, type Sink } from "../../../src/network/http.js";
import { DmsError, DmsResult } from "../../../src/protocol/result.js";
import { isTrue } from "../../device/check.js";
import { MemoryHost, type MemoryRequest } from "./memory-host.js";
import type { Probe } from "./probe.js";

const lengths = Object.freeze([
	...["5", "0", "", "-1", "1e2", "0x5", "99999999999999999999", "  7 ", "5, 5", "NaN", "255"],
]);
const statuses = Object.freeze([200, 204, 206, 404, 503, 0, -1, 999]);
const bodyLength = 300;
const replyLengthMaximum = 100;
const timeoutMilliseconds = 10_000;

export const httpProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 128,
	allocationBase: 24_576,
	allocationFactor: 64,
	run: async (input, { crypto }) => {
		let request: MemoryRequest | undefined;
		const host = new MemoryHost(crypto, (made) => (request = made));
		const flags = input[0] ?? 0;
		const outcome = outcomeOf(fetchReply(host, requestOf(flags)));
		for (let index = 1; index < input.length; index += 2) {
			if (request === undefined || request.isClosed) break;
			happen(host, request, input[index] ?? 0, input[index + 1] ?? 0);
			await host.pass(0);
		}
		await host.pass(2 * timeoutMilliseconds);
		isTrue(host.appointments === 0, "no timer is left");
		isTrue((request?.written ?? 0) <= bodyLength, "no more is written than there is");
		return outcome;
	},
});

function requestOf(flags: number): Request {
	const where = { host: "dms.test", port: 443, method: "PUT", target: "/", headers: [] };
	const body = (flags & 1) === 0 ? undefined : new Uint8Array(bodyLength);
	const sink = (flags & 2) === 0 ? undefined : sinkOf((flags & 4) !== 0);
	return { ...where, body, sink, replyLengthMaximum };
}

/** Takes what it was told to expect, or throws. */
function sinkOf(isThrowing: boolean): Sink {
	let length = 0;
	let taken = 0;
	return {
		begin(byteLength) {
			if (isThrowing) throw new DmsError(DmsResult.StorageFailed);
			length = byteLength;
		},
		take(bytes) {
			taken += bytes.length;
			isTrue(taken <= length, "no more comes than was said");
		},
	};
}

/** What the exchange ended with, in words. */
async function outcomeOf(exchange: ReturnType<typeof fetchReply>): Promise<string> {
	try {
		const { status, body } = await exchange;
		isTrue(body.length <= replyLengthMaximum, "a reply keeps to its limit");
		return "reply " + status + " of " + Math.min(body.length, 9);
	} catch (error) {
		if (!(error instanceof DmsError)) throw error;
		return "failed " + error.result;
	}
}

function happen(host: MemoryHost, request: MemoryRequest, event: number, value: number): void {
	const { options, client } = request;
	switch (event & 7) {
		case 0:
		case 1: {
			if (request.hasHead) break; // A host tells the head once.
			request.hasHead = true;
			const headers = new Map([["retry-after", "x".repeat(value)]]);
			const length = lengths[value % (lengths.length + 1)];
			if (length !== undefined) headers.set("content-length", length);
			options.onHeaders.call(request, statuses[event >> 5] ?? 200, headers);
			break;
		}
		case 2:
			request.waiting = new Uint8Array(request.waiting.length + value);
			options.onReadable.call(request, request.waiting.length);
			break;
		case 3: // It says so, but there is nothing.
			options.onReadable.call(request, value);
			break;
		case 4:
			request.room = value;
			options.onWritable.call(request, value);
			break;
		case 5:
			options.onDone.call(request, null);
			break;
		case 6:
			options.onDone.call(request, value === 0 ? undefined : new Error());
			break;
		default:
			if (value < 128) client.onError?.();
			else void host.pass(timeoutMilliseconds / 2);
	}
}
