/**
 * The SDK's timers. Source: 8.2.3, `modules/base/timer/modTimer.c` (`xs_timer_set`: the interval is
 * an int32) and `modules/base/timer/mc/timer.c` (one that has run out rings at once).
 */

import { machine } from "./machine.js";

export default class Timer {
	#cancel: () => void = () => undefined;

	static set(callback: () => void, milliseconds = 0): Timer {
		const timer = new Timer();
		timer.#cancel = machine.clock.after(milliseconds | 0, callback);
		return timer;
	}

	static clear(timer: Timer | undefined): void {
		if (timer !== undefined) timer.#cancel();
	}
}
