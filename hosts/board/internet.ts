/** What lies behind the access point: names and echoes, as the board's radio gets at them. */

import { lookup } from "node:dns";
import { connect } from "node:net";
import type { Clock } from "./clock.js";
import { type Operations, type Post, textOf } from "./operations.js";
import type { Value } from "./processor.js";

export interface Internet {
	/** The IPv4 address of a name, or `undefined` when nobody knows it. */
	addressOf(host: string): Promise<string | undefined>;
	/** Whether somebody answers at an IPv4 address. */
	isThere(address: string): Promise<boolean>;
}

/** The echo service's port: somebody who refuses to talk there is there. */
const echoPort = 7;
const patienceMilliseconds = 1000;

/** This machine's own network. ICMP needs a right that programs don't have: TCP stands for it. */
export const nodeInternet: Internet = {
	addressOf: (host) =>
		new Promise((resolve) => {
			lookup(host, { family: 4 }, (error, address) => resolve(error ? undefined : address));
		}),
	isThere: (address) =>
		new Promise((resolve) => {
			const socket = connect({ host: address, port: echoPort, timeout: patienceMilliseconds });
			const end = (isThere: boolean): void => {
				socket.destroy();
				resolve(isThere);
			};
			socket.on("connect", () => end(true));
			socket.on("timeout", () => end(false));
			socket.on("error", (error) => end("code" in error && error.code === "ECONNREFUSED"));
		}),
};

/** Operations of a resolver and of echo requests; each question has a number. */
export function internetOperations(
	internet: Internet,
	clock: Clock,
	post: Post,
	isUp: () => boolean,
): Operations {
	let last = 0;
	const ask = <T>(question: () => Promise<T>, event: string, valueOf: (answer: T) => Value) => {
		const id = ++last;
		const release = clock.hold();
		const answered = isUp() ? question() : Promise.resolve(undefined);
		const known = answered.catch(() => undefined);
		void known.then((answer) => {
			release();
			if (answer === undefined || answer === false) post("internet." + id, "error");
			else post("internet." + id, event, valueOf(answer));
		});
		return id;
	};
	return {
		"internet.resolve": (host) =>
			ask(
				() => internet.addressOf(textOf(host)),
				"resolved",
				(address) => address,
			),
		"internet.ping": (address) => {
			const start = clock.now();
			return ask(
				() => internet.isThere(textOf(address)),
				"reply",
				() => clock.now() - start,
			);
		},
	};
}
