/**
 * A way through the network that is slow and bad, on the clock's time: much is lost, the access
 * point goes away again and again, and something in front of the service is overloaded at times.
 */

import type { Board } from "../../hosts/board/board.js";
import type { VirtualClock } from "../../hosts/board/clock.js";
import { seededRandom } from "../../hosts/board/random.js";
import type { Transport } from "../../hosts/board/transport.js";
import { headersOf, requestOf } from "../journey/faulty-network.js";
import { network } from "../journey/world.js";

const latencyMilliseconds = 200;
const segmentLength = 1436;
/**
 * What is left of TCP's bandwidth when a fifth of the segments is lost, at 0.2 s a round trip and
 * a time-out of 1 s: 2.6 kB a second (Padhye and others, Modeling TCP Throughput, 1998).
 */
const segmentMilliseconds = 560;
const lossFraction = 0.2;
const busyEveryMilliseconds = 1_200_000;
const busySeconds = 60;

type Answerer = (request: Request) => Promise<Response | undefined>;

export class BadAir {
	/** Bytes of images that have got through. */
	imageBytes = 0;
	/** While it isn't bad, it is only slow. */
	isBad = false;
	readonly #random = seededRandom("bad air");
	#busyAt = 0;

	/** From now on the access point goes away again and again: so often, and for so long. */
	begin(board: Board, clock: VirtualClock, everyMilliseconds: number, milliseconds: number): void {
		this.isBad = true;
		this.#busyAt = clock.now() + busyEveryMilliseconds / 2;
		const drop = (): void => {
			if (!this.isBad) return;
			board.radio.networks = [];
			board.radio.drop();
			clock.after(milliseconds, () => (board.radio.networks = [network]));
			clock.after(everyMilliseconds, drop);
		};
		clock.after(everyMilliseconds / 2, drop);
	}

	readonly transport = (clock: VirtualClock, answer: Answerer): Transport => {
		return (request, events) => {
			let isOpen = true;
			const later = (milliseconds: number, act: () => void): void =>
				void clock.after(milliseconds, () => isOpen && act());
			const isLost = this.isBad && this.#fraction() < lossFraction;
			/** How much of the answer gets through before the connection is lost, and nobody says so. */
			const share = isLost ? this.#fraction() : 1;
			const body: Uint8Array[] = [];
			let missing = Number(new Map(request.headers).get("content-length") ?? 0);
			const carry = async (): Promise<void> => {
				const release = clock.hold();
				const asked = requestOf(request, Buffer.concat(body));
				const response = this.#isBusy(clock) ? busy() : await answer(asked);
				const bytes = new Uint8Array((await response?.arrayBuffer()) ?? []);
				release();
				if (response === undefined) return;
				const isImage = response.status === 206;
				const end = isImage ? Math.floor(bytes.length * share) : bytes.length;
				if (isLost && !isImage) return;
				later(latencyMilliseconds, () =>
					events.onHeaders(response.status, headersOf(response, bytes)),
				);
				const segments = Math.ceil(end / segmentLength);
				const send = (index: number): void => {
					if (index === segments) return void (end === bytes.length && events.onEnd());
					const part = bytes.subarray(index * segmentLength, (index + 1) * segmentLength);
					if (isImage) this.imageBytes += part.length;
					events.onData(part);
					later(segmentMilliseconds, () => send(index + 1));
				};
				later(latencyMilliseconds + 1, () => send(0));
			};
			later(latencyMilliseconds, () => {
				events.onConnected();
				if (missing === 0) later(latencyMilliseconds, () => void carry());
			});
			return {
				write(bytes) {
					body.push(bytes);
					missing -= bytes.length;
					if (missing <= 0) later(latencyMilliseconds, () => void carry());
				},
				close: () => (isOpen = false),
			};
		};
	};

	#isBusy(clock: VirtualClock): boolean {
		if (!this.isBad || clock.now() < this.#busyAt) return false;
		this.#busyAt = clock.now() + busyEveryMilliseconds;
		return true;
	}

	#fraction(): number {
		const [high = 0, low = 0] = this.#random(2);
		return (high * 256 + low) / 65_536;
	}
}

/** A proxy's answer: nobody has signed it. */
function busy(): Response {
	return new Response(null, { status: 503, headers: { "retry-after": String(busySeconds) } });
}
