/** Promises of the clock. */

import { isTrue } from "../device/check.js";
import { pause } from "./event-log.js";
import { type Row, untilReset } from "./row.js";

/** 2001: no clock that runs since a reset gets so far. */
const smallMaximum = 978_307_200_000;
const early = Date.UTC(2026, 0, 1);
const late = Date.UTC(2040, 0, 1);
/** Between two calls, or beside a timer, no host lets so much pass. */
const slack = 5_000;

export const clockRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "the time is small after a reset, also after one that finds it set",
		run: (host) => {
			isTrue(host.clock.now() >= 0 && host.clock.now() < smallMaximum, "it is small");
			host.clock.set(early);
			host.system.restart();
			return untilReset();
		},
		afterReset: (host) => {
			isTrue(host.clock.now() >= 0 && host.clock.now() < smallMaximum, "it is small again");
		},
	},
	{
		name: "a time that is set goes on from there",
		run: async (host) => {
			host.clock.set(early);
			const first = host.clock.now();
			isTrue(first >= early && first < early + slack, "it is what was set");
			await pause(host);
			const second = host.clock.now();
			isTrue(second - first >= 45 && second - first < slack, "it goes on: " + (second - first));
		},
	},
	{
		name: "the time can be set again, forwards and back",
		run: (host) => {
			for (const time of [early, late, early]) {
				host.clock.set(time);
				const now = host.clock.now();
				isTrue(now >= time && now < time + slack, "it is what was set");
			}
		},
	},
	{
		name: "ticks begin at the reset, and go on with time",
		run: async (host) => {
			const first = host.clock.ticks();
			isTrue(first >= 0 && first < 60_000, "they are small: " + first);
			await pause(host);
			const passed = host.clock.ticks() - first;
			isTrue(passed >= 45 && passed < slack, "they go on: " + passed);
		},
	},
	{
		name: "ticks never step, whatever time is set",
		run: (host) => {
			let last = host.clock.ticks();
			for (const time of [late, early, 0, late]) {
				host.clock.set(time);
				const next = host.clock.ticks();
				isTrue(next >= last && next - last < slack, "they do not step: " + (next - last));
				last = next;
			}
		},
	},
	{
		name: "timers do not mind what time is set",
		run: async (host) => {
			const start = host.clock.ticks();
			const waited = pause(host);
			host.clock.set(late);
			host.clock.set(early);
			await waited;
			const passed = host.clock.ticks() - start;
			isTrue(passed >= 45 && passed < slack, "it came at its time: " + passed);
		},
	},
]);
