/**
 * The verification of a hello: it sets the clock and gives a CA, or ends with a reason from the
 * closed set; and without the server's key nothing but its own words gets through.
 *
 * The first bit of the input says that the rest is a body, to be signed with the server's key; the
 * second, that the device expects whatever CA that body names.
 */

import { sayHello } from "../../../src/dms/hello.js";
import { equal } from "../../../src/encoding/bytes.js";
import type { Crypto } from "../../../src/host.js";
import { decodeHello, decodeHelloReply, helloSigned } from "../../../src/protocol/messages.js";
import { signatureLength } from "../../../src/protocol/key.js";
import { encodeMap } from "../../../src/protocol/message-pack.js";
import { DmsError } from "../../../src/protocol/result.js";
import { isTrue } from "../../device/check.js";
import { MemoryHost } from "./memory-host.js";
import type { Probe } from "./probe.js";
import { service } from "./service.js";

/** Time for others between key operations; less than a second, which the hello counts in. */
const turnsMilliseconds = 500;

export const helloProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 1_500,
	allocationBase: 20_480,
	allocationFactor: 128,
	run: async (input, { crypto }) => {
		const [flags = 0] = input;
		const isSigned = (flags & 1) !== 0;
		const rest = input.subarray(1);
		const reply = isSigned ? signedReply(rest, crypto) : rest;
		const named = (flags & 2) === 0 ? undefined : decodeHello(rest)?.authority;
		const expectation = {
			fingerprint: crypto.sha256(named ?? service.authority()),
			authority: undefined,
			time: service.time,
		};
		const host: MemoryHost = new MemoryHost(withoutChance(crypto), (request) => {
			host.later(() => {
				const headers = new Map([["content-length", String(reply.length)]]);
				request.options.onHeaders.call(request, 200, headers);
				request.waiting = reply;
				request.options.onReadable.call(request, reply.length);
				if (!request.isClosed) request.options.onDone.call(request, null);
			});
		});
		const address = { host: service.host, port: 443 };
		const hello = sayHello(host, address, expectation, ({ body }) => body);
		await host.pass(turnsMilliseconds);
		try {
			const { time } = await hello;
			isTrue(Math.floor(host.clock.now() / 1000) === time, "the clock is set");
			isTrue(time >= service.time, "time never goes back");
			const body = decodeHelloReply(reply)?.body ?? new Uint8Array(0);
			isTrue(decodeHello(body)?.nonce === service.nonce, "it answers this question");
			if (!isSigned) {
				isTrue(equal(body, service.hello()), "only what the server said gets through");
			}
			return "greeted";
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			return "refused " + error.result + (isSigned ? " signed" : "");
		}
	},
});

function signedReply(body: Uint8Array, crypto: Crypto): Uint8Array {
	// What is no hello is refused before anybody looks at its signature, which is dear to make.
	const isHello = decodeHello(body) !== undefined;
	const signature = isHello
		? crypto.sign(service.serverKey(), crypto.sha256(helloSigned(body)))
		: new Uint8Array(signatureLength).fill(1);
	return encodeMap({ body, signature });
}

/** The generator's bytes are those of the nonce in the corpus. */
function withoutChance(crypto: Crypto): Crypto {
	return {
		sha256: (bytes) => crypto.sha256(bytes),
		digest: () => crypto.digest(),
		random: (byteLength) => new Uint8Array(byteLength),
		publicKey: (privateKey) => crypto.publicKey(privateKey),
		sign: (privateKey, digest) => crypto.sign(privateKey, digest),
		verify: (publicKey, digest, signature) => crypto.verify(publicKey, digest, signature),
	};
}
