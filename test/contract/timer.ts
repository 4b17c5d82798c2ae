/** Promises of the timer. */

import type { Host, TimerId } from "../../src/host.js";
import { equal, isTrue } from "../device/check.js";
import { Diary } from "./diary.js";
import type { Row } from "./row.js";

/** Sets a timer whose firing is noted by its name. */
function set(
	host: Host,
	diary: Diary,
	name: string,
	milliseconds: number,
	act?: () => void,
): TimerId {
	return diary.calling(() => host.timer.set(() => diary.called(name, act), milliseconds));
}

export const timerRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "a timer fires once, not before its time, and never from inside set",
		run: async (host) => {
			const diary = new Diary();
			const start = host.clock.ticks();
			set(host, diary, "it", 20);
			set(host, diary, "last", 60);
			await diary.until(() => diary.entries.length > 0);
			isTrue(host.clock.ticks() - start >= 20, "it is late enough");
			await diary.until(() => diary.entries.includes("last"));
			equal(diary.entries, ["it", "last"]);
		},
	},
	{
		name: "a timer of 0 fires soon, but never from inside set",
		run: async (host) => {
			const diary = new Diary();
			set(host, diary, "it", 0);
			await diary.until(() => diary.entries.length > 0);
		},
	},
	{
		name: "timers fire in the order of their times",
		run: async (host) => {
			const diary = new Diary();
			set(host, diary, "third", 30);
			set(host, diary, "first", 10);
			set(host, diary, "second", 20);
			await diary.until(() => diary.entries.length === 3);
			equal(diary.entries, ["first", "second", "third"]);
		},
	},
	{
		name: "timers of one time fire in the order in which they were set",
		run: async (host) => {
			const diary = new Diary();
			const names = ["a", "b", "c", "d", "e"];
			for (const name of names) set(host, diary, name, 10);
			await diary.until(() => diary.entries.length === names.length);
			equal(diary.entries, names);
		},
	},
	{
		name: "a timer that is cleared never fires",
		run: async (host) => {
			const diary = new Diary();
			const id = set(host, diary, "cleared", 10);
			set(host, diary, "last", 30);
			diary.calling(() => host.timer.clear(id));
			await diary.until(() => diary.entries.includes("last"));
			equal(diary.entries, ["last"]);
		},
	},
	{
		name: "a callback can clear a timer of the same time, which then doesn't fire",
		run: async (host) => {
			const diary = new Diary();
			let other: TimerId;
			set(host, diary, "first", 10, () => host.timer.clear(other));
			other = set(host, diary, "cleared", 10);
			set(host, diary, "last", 30);
			await diary.until(() => diary.entries.includes("last"));
			equal(diary.entries, ["first", "last"]);
		},
	},
	{
		name: "clearing a timer that has fired or is cleared does nothing, and to no other",
		run: async (host) => {
			const diary = new Diary();
			let own: TimerId;
			own = set(host, diary, "own", 0, () => host.timer.clear(own));
			await diary.until(() => diary.entries.length === 1);
			const cleared = set(host, diary, "cleared", 10);
			host.timer.clear(cleared);
			set(host, diary, "last", 20);
			host.timer.clear(cleared);
			host.timer.clear(own);
			await diary.until(() => diary.entries.includes("last"));
			equal(diary.entries, ["own", "last"]);
		},
	},
	{
		name: "a callback can set a timer, as often as it likes",
		run: async (host) => {
			const diary = new Diary();
			const again = (): void => {
				if (diary.entries.length < 20) set(host, diary, "again", 0, again);
			};
			again();
			await diary.until(() => diary.entries.length === 20);
		},
	},
	{
		name: "twenty timers can wait at a time",
		run: async (host) => {
			const diary = new Diary();
			const names = Array.from({ length: 20 }, (_, index) => String(index));
			for (const name of names) set(host, diary, name, Number(name));
			await diary.until(() => diary.entries.length === names.length);
			equal(diary.entries, names);
		},
	},
	{
		name: "a timer of weeks or years waits, whatever number of bits that takes",
		run: async (host) => {
			const diary = new Diary();
			const long = [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 10, 2 ** 32, 2 ** 32 + 10, 3_000_000_000_000];
			const ids = long.map((milliseconds) => set(host, diary, "long", milliseconds));
			set(host, diary, "last", 50);
			await diary.until(() => diary.entries.length > 0);
			for (const id of ids) host.timer.clear(id);
			equal(diary.entries, ["last"]);
		},
	},
	{
		name: "an hour's timer waits, and can be cleared",
		run: async (host) => {
			const diary = new Diary();
			const id = set(host, diary, "hour", 3_600_000);
			set(host, diary, "last", 50);
			await diary.until(() => diary.entries.length > 0);
			host.timer.clear(id);
			equal(diary.entries, ["last"]);
		},
	},
]);
