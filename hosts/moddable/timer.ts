/** Moddable's timers, with callbacks that don't throw. */

import ModdableTimer from "timer";
import type { System, Timer, TimerId } from "../../src/host.js";
import { guarded } from "./guard.js";

export class GuardedTimer implements Timer {
	readonly #system: System;

	constructor(system: System) {
		this.#system = system;
	}

	set(callback: () => void, milliseconds: number): TimerId {
		return ModdableTimer.set(guarded(this.#system, callback), milliseconds);
	}

	clear(id: TimerId): void {
		ModdableTimer.clear(id as ModdableTimer);
	}
}
