/** Promises of the timer. */

import type { Host, TimerId } from "../../src/host.js";
import { equal, isTrue } from "../device/check.js";
import { EventLog } from "./event-log.js";
import type { Row } from "./row.js";

/** Sets a timer whose firing is noted by its name. */
function set(
	host: Host,
	events: EventLog,
	name: string,
	milliseconds: number,
	act?: () => void,
): TimerId {
	return events.calling(() => host.timer.set(() => events.called(name, act), milliseconds));
}

export const timerRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "a timer fires once, not before its time, and never from inside set",
		run: async (host) => {
			const events = new EventLog();
			const start = host.clock.ticks();
			set(host, events, "it", 20);
			set(host, events, "last", 60);
			await events.until(() => events.entries.length > 0);
			isTrue(host.clock.ticks() - start >= 20, "it is late enough");
			await events.until(() => events.entries.includes("last"));
			equal(events.entries, ["it", "last"]);
		},
	},
	{
		name: "a timer of 0 fires soon, but never from inside set",
		run: async (host) => {
			const events = new EventLog();
			set(host, events, "it", 0);
			await events.until(() => events.entries.length > 0);
		},
	},
	{
		name: "timers fire in the order of their times",
		run: async (host) => {
			const events = new EventLog();
			set(host, events, "third", 30);
			set(host, events, "first", 10);
			set(host, events, "second", 20);
			await events.until(() => events.entries.length === 3);
			equal(events.entries, ["first", "second", "third"]);
		},
	},
	{
		name: "timers of one time fire in the order in which they were set",
		run: async (host) => {
			const events = new EventLog();
			const names = ["a", "b", "c", "d", "e"];
			for (const name of names) set(host, events, name, 10);
			await events.until(() => events.entries.length === names.length);
			equal(events.entries, names);
		},
	},
	{
		name: "a timer that is cleared never fires",
		run: async (host) => {
			const events = new EventLog();
			const id = set(host, events, "cleared", 10);
			set(host, events, "last", 30);
			events.calling(() => host.timer.clear(id));
			await events.until(() => events.entries.includes("last"));
			equal(events.entries, ["last"]);
		},
	},
	{
		name: "a callback can clear a timer of the same time, which then doesn't fire",
		run: async (host) => {
			const events = new EventLog();
			let other: TimerId;
			set(host, events, "first", 10, () => host.timer.clear(other));
			other = set(host, events, "cleared", 10);
			set(host, events, "last", 30);
			await events.until(() => events.entries.includes("last"));
			equal(events.entries, ["first", "last"]);
		},
	},
	{
		name: "clearing a timer that has fired or is cleared does nothing, and to no other",
		run: async (host) => {
			const events = new EventLog();
			let own: TimerId;
			own = set(host, events, "own", 0, () => host.timer.clear(own));
			await events.until(() => events.entries.length === 1);
			const cleared = set(host, events, "cleared", 10);
			host.timer.clear(cleared);
			set(host, events, "last", 20);
			host.timer.clear(cleared);
			host.timer.clear(own);
			await events.until(() => events.entries.includes("last"));
			equal(events.entries, ["own", "last"]);
		},
	},
	{
		name: "a callback can set a timer, as often as it likes",
		run: async (host) => {
			const events = new EventLog();
			const again = (): void => {
				if (events.entries.length < 20) set(host, events, "again", 0, again);
			};
			again();
			await events.until(() => events.entries.length === 20);
		},
	},
	{
		name: "twenty timers can wait at a time",
		run: async (host) => {
			const events = new EventLog();
			const names = Array.from({ length: 20 }, (_, index) => String(index));
			for (const name of names) set(host, events, name, Number(name));
			await events.until(() => events.entries.length === names.length);
			equal(events.entries, names);
		},
	},
	{
		name: "a timer of weeks or years waits, whatever number of bits that takes",
		run: async (host) => {
			const events = new EventLog();
			const long = [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 10, 2 ** 32, 2 ** 32 + 10, 3_000_000_000_000];
			const ids = long.map((milliseconds) => set(host, events, "long", milliseconds));
			set(host, events, "last", 50);
			await events.until(() => events.entries.length > 0);
			for (const id of ids) host.timer.clear(id);
			equal(events.entries, ["last"]);
		},
	},
	{
		name: "an hour's timer waits, and can be cleared",
		run: async (host) => {
			const events = new EventLog();
			const id = set(host, events, "hour", 3_600_000);
			set(host, events, "last", 50);
			await events.until(() => events.entries.length > 0);
			host.timer.clear(id);
			equal(events.entries, ["last"]);
		},
	},
]);
