/** Promises of the resolver and of echo requests. */

import type { Host, Ping, Resolver } from "../../src/host.js";
import { equal, isTrue } from "../device/check.js";
import { EventLog, pause } from "./event-log.js";
import type { Row } from "./row.js";
import { offered, type Surroundings } from "./surroundings.js";
import { online } from "./wifi.js";

/** RFC 6761: no name ends so. */
const unknownName = "no-such-host.invalid";
/** RFC 5737: nobody has this address. */
const unknownAddress = "192.0.2.1";
const loopback = "127.0.0.1";

/** A resolver whose answers are noted, as `host address` or `host ?`. */
class Names {
	readonly events = new EventLog();
	readonly resolver: Resolver;

	constructor(host: Host) {
		const { dns } = host.network;
		this.resolver = this.events.calling(() => new dns.io({ ...dns }));
	}

	resolve(host: string): void {
		const onResolved = (name: string, address: string): void =>
			this.events.called(name + " " + address);
		const onError = (): void => this.events.called(host + " ?");
		this.events.calling(() => this.resolver.resolve({ host, onResolved, onError }));
	}

	async answers(count: number): Promise<readonly string[]> {
		await this.events.until(() => this.events.entries.length === count);
		return [...this.events.entries].sort();
	}
}

async function onlineNames(host: Host, around: Surroundings): Promise<Names> {
	offered(around.servers);
	await online(host, around);
	return new Names(host);
}

export const dnsRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "the name of a server resolves to an IPv4 address, and the answer tells the name",
		run: async (host, around) => {
			const names = await onlineNames(host, around);
			const server = await offered(around.servers).start({ reply: [], end: "close" });
			names.resolve(server.host);
			const [answer = ""] = await names.answers(1);
			isTrue(answer.startsWith(server.host + " "), answer);
			isTrue(/ \d+\.\d+\.\d+\.\d+$/.test(answer), answer);
		},
	},
	{
		name: "an address is its own name",
		run: async (host, around) => {
			const names = await onlineNames(host, around);
			names.resolve(loopback);
			equal(await names.answers(1), [loopback + " " + loopback]);
		},
	},
	{
		name: "a name that nobody has is an error, once",
		run: async (host, around) => {
			const names = await onlineNames(host, around);
			names.resolve(unknownName);
			await names.answers(1);
			await pause(host);
			equal(await names.answers(1), [unknownName + " ?"]);
		},
	},
	{
		name: "two names can be asked for at a time, and each gets its own answer",
		run: async (host, around) => {
			const names = await onlineNames(host, around);
			names.resolve(loopback);
			names.resolve(unknownName);
			equal(await names.answers(2), [loopback + " " + loopback, unknownName + " ?"]);
		},
	},
	{
		name: "a resolver that is closed answers nobody any more",
		run: async (host, around) => {
			const names = await onlineNames(host, around);
			names.resolve(loopback);
			names.resolve(unknownName);
			names.events.calling(() => names.resolver.close());
			const others = new Names(host);
			others.resolve(loopback);
			others.resolve(unknownName);
			await others.answers(2);
			await pause(host);
			equal(names.events.entries, []);
			names.events.check();
		},
	},
	{
		name: "without a network a name is an error",
		run: async (host, { air }) => {
			offered(air);
			const names = new Names(host);
			names.resolve(loopback + ".test");
			equal(await names.answers(1), [loopback + ".test ?"]);
		},
	},
]);

/** An echo request whose answer is noted. */
class Echo {
	readonly events = new EventLog();
	readonly ping: Ping;

	constructor(host: Host, address: string) {
		const { ping } = host.network;
		const onReply = (milliseconds: number): void =>
			this.events.called("reply", () => isTrue(milliseconds >= 0, "it takes time"));
		const onError = (): void => this.events.called("error");
		this.ping = this.events.calling(() => new ping.io({ ...ping, address, onReply, onError }));
	}

	async answers(host: Host): Promise<readonly string[]> {
		await this.events.until(() => this.events.entries.length > 0);
		await pause(host);
		this.events.check();
		return this.events.entries;
	}
}

export const pingRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "who is there replies, once",
		run: async (host, around) => {
			offered(around.servers);
			await online(host, around);
			equal(await new Echo(host, loopback).answers(host), ["reply"]);
		},
	},
	{
		name: "where nobody is there is an error, once",
		run: async (host, around) => {
			offered(around.servers);
			await online(host, around);
			equal(await new Echo(host, unknownAddress).answers(host), ["error"]);
		},
	},
	{
		name: "an echo request that is closed says nothing any more",
		run: async (host, around) => {
			offered(around.servers);
			await online(host, around);
			const echo = new Echo(host, loopback);
			echo.events.calling(() => echo.ping.close());
			await new Echo(host, loopback).answers(host);
			equal(echo.events.entries, []);
			echo.events.check();
		},
	},
	{
		name: "without a network an echo request is an error",
		run: async (host, { air }) => {
			offered(air);
			equal(await new Echo(host, unknownAddress).answers(host), ["error"]);
		},
	},
]);
