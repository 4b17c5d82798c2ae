/**
 * Timers in the order of their times, which the SDK's are not when several have run out: one timer
 * of the SDK's for the next of ours. Their callbacks don't throw.
 */

import ModdableTimer from "timer";
import type { Clock, System, Timer, TimerId } from "../../src/host.js";
import { guard } from "./guard.js";

interface Appointment {
	/** In `ticks` of the clock. */
	readonly due: number;
	readonly callback: () => void;
}

/** The SDK takes an int32: what is longer would ring at once, again and again. */
const millisecondsMaximum = 0x7fffffff;

export class GuardedTimer implements Timer {
	private readonly system: System;
	private readonly clock: Clock;
	/** The earliest first. */
	private readonly appointments: Appointment[] = [];
	private alarm: ModdableTimer | undefined;

	constructor(system: System, clock: Clock) {
		this.system = system;
		this.clock = clock;
	}

	set(callback: () => void, milliseconds: number): TimerId {
		const due = this.clock.ticks() + milliseconds;
		const appointment: Appointment = { due, callback };
		let index = this.appointments.length;
		while (index > 0 && (this.appointments[index - 1]?.due ?? 0) > due) index--;
		this.appointments.splice(index, 0, appointment);
		if (index === 0) this.arm();
		return appointment;
	}

	clear(id: TimerId): void {
		const index = this.appointments.findIndex((appointment) => appointment === id);
		if (index < 0) return;
		this.appointments.splice(index, 1);
		if (index === 0) this.arm();
	}

	private arm(): void {
		if (this.alarm !== undefined) ModdableTimer.clear(this.alarm);
		this.alarm = undefined;
		const [next] = this.appointments;
		if (next === undefined) return;
		const milliseconds = Math.max(next.due - this.clock.ticks(), 0);
		// Who rings before the time finds nothing due, and sets it again.
		const alarm = Math.min(milliseconds, millisecondsMaximum);
		this.alarm = ModdableTimer.set(() => this.ring(), alarm);
	}

	/** Calls all whose time has come, but none that they clear, nor what they set. */
	private ring(): void {
		this.alarm = undefined;
		const now = this.clock.ticks();
		const due = this.appointments.filter((appointment) => appointment.due <= now);
		for (const appointment of due) {
			const index = this.appointments.indexOf(appointment);
			if (index < 0) continue;
			this.appointments.splice(index, 1);
			guard(appointment.callback, (error) => this.system.fail(error));
		}
		this.arm();
	}
}
