/**
 * What the SDK's modules share on a chip: its time, and the queue of messages to the one machine.
 * Source: Moddable SDK 8.2.3, `xs/platforms/esp/xsHost.c`
 * (`modMessagePostToMachine`).
 */

import { VirtualClock } from "../../../hosts/board/clock.js";

/** `MODDEF_TASK_QUEUELENGTH`: so many messages wait; then whoever posts one waits. */
const queueLength = 10;

class Machine {
	readonly clock = new VirtualClock();
	#waiting = 0;

	/** The message is delivered in a turn of its own. */
	post(deliver: () => void): void {
		if (this.#waiting >= queueLength) {
			throw new Error("the main task waits for ever on its own full queue");
		}
		this.#waiting++;
		this.clock.after(0, () => {
			this.#waiting--;
			deliver();
		});
	}
}

export const machine = new Machine();
