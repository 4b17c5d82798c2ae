/** What a client may take of the listener: time and connections. */

export interface Limits {
	/** Bytes of a request's line and fields, as PROTOCOL.md says. */
	readonly headLengthMaximum: number;
	/** From the connection to its first byte. */
	readonly firstByteMilliseconds: number;
	/** From the first byte to the end of TLS's handshake. */
	readonly handshakeMilliseconds: number;
	/** From a request's first byte to the end of its head. */
	readonly headMilliseconds: number;
	/** From a request's first byte to the end of its body. */
	readonly requestMilliseconds: number;
	/** In which a client takes nothing of its answer. */
	readonly stallMilliseconds: number;
	/** From an answer to the next request. */
	readonly idleMilliseconds: number;
	/** Connections open at a time, of all clients and of one IP address. */
	readonly connectionsMaximum: number;
	readonly addressConnectionsMaximum: number;
	/** TLS handshakes at a time, and clients that wait for theirs. */
	readonly handshakesMaximum: number;
	readonly waitingMaximum: number;
	/** What requests under way get to end when the listener closes. */
	readonly graceMilliseconds: number;
	/** How often the server's certificate is looked at, and renewed when it is time. */
	readonly renewalMilliseconds: number;
	/** How often what is only in memory is written, when nobody asks. */
	readonly flushMilliseconds: number;
	/** How often it is looked whether it is time to prune. */
	readonly pruneMilliseconds: number;
}

export const limitsDefault: Limits = Object.freeze({
	headLengthMaximum: 8_192,
	// A slow radio repeats a lost packet after 1, 3 and 7 seconds.
	firstByteMilliseconds: 10_000,
	// A handshake takes an ESP32 two seconds; four round trips on a slow radio a few more.
	handshakeMilliseconds: 20_000,
	headMilliseconds: 10_000,
	requestMilliseconds: 20_000,
	// Longer than a request may take, which has an answer of its own when it takes too long.
	stallMilliseconds: 30_000,
	// A device asks its few questions one after the other, then is gone.
	idleMilliseconds: 10_000,
	// Some 50 kB each with TLS, and some 10 kB for each that waits.
	connectionsMaximum: 12_000,
	// Nobody takes all of them. Behind one address may be a factory, but a proxy needs more.
	addressConnectionsMaximum: 1_000,
	// Enough that a client's round trips cost nobody else time; 32 take 50 ms of a processor.
	handshakesMaximum: 32,
	waitingMaximum: 10_000,
	graceMilliseconds: 2_000,
	renewalMilliseconds: 24 * 60 * 60 * 1_000,
	flushMilliseconds: 10_000,
	pruneMilliseconds: 60 * 60 * 1_000,
});
