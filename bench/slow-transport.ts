/** A way through the network that is long and narrow, on the clock's time. */

import type { Clock } from "../hosts/board/clock.js";
import type { Transport } from "../hosts/board/transport.js";
import { headersOf, requestOf } from "../test/journey/faulty-network.js";

const roundTripMilliseconds = 100;
/** 1 Mbit/s. */
export const bytesPerSecond = 1_000_000 / 8;
/** Of TCP on an Ethernet. */
const segmentLength = 1460;

type Answerer = (request: Request) => Promise<Response | undefined>;

/**
 * A connection takes a round trip for TCP and two for the handshake of TLS 1.2; then a request
 * takes half of one, and its answer half of one and its length over the bandwidth.
 */
export function slowTransport(clock: Clock, answer: Answerer): Transport {
	return (request, events) => {
		let isOpen = true;
		const later = (milliseconds: number, act: () => void): void =>
			void clock.after(milliseconds, () => isOpen && act());
		const body: Uint8Array[] = [];
		let missing = Number(new Map(request.headers).get("content-length") ?? 0);
		const carry = async (): Promise<void> => {
			const release = clock.hold();
			const response = await answer(requestOf(request, Buffer.concat(body)));
			const bytes = new Uint8Array((await response?.arrayBuffer()) ?? []);
			release();
			if (response === undefined) return;
			later(roundTripMilliseconds / 2, () =>
				events.onHeaders(response.status, headersOf(response, bytes)),
			);
			for (let offset = 0; offset < bytes.length; offset += segmentLength) {
				const part = bytes.subarray(offset, offset + segmentLength);
				const sent = ((offset + part.length) * 1000) / bytesPerSecond;
				later(roundTripMilliseconds / 2 + sent, () => events.onData(part));
			}
			later(roundTripMilliseconds / 2 + (bytes.length * 1000) / bytesPerSecond, events.onEnd);
		};
		const trips = request.tls === undefined ? 1 : 3;
		later(trips * roundTripMilliseconds, () => {
			events.onConnected();
			if (missing === 0) later(roundTripMilliseconds / 2, () => void carry());
		});
		return {
			write(bytes) {
				body.push(bytes);
				missing -= bytes.length;
				if (missing <= 0) later(roundTripMilliseconds / 2, () => void carry());
			},
			close: () => (isOpen = false),
		};
	};
}
