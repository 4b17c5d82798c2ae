/** How wide the terminal is: what it says of its cursor when that is sent far to the right. */

import type { Timer, TimerId } from "../host.js";

const question = "\x1b7\x1b[999C\x1b[6n\x1b8";
/** A terminal over a slow network answers within this; what is none never does. */
const answerMilliseconds = 300;
/** A wide character needs two. */
const columnsMinimum = 2;

/** Who asks. */
export interface WidthAsker {
	readonly timer: Timer;
	write(text: string): void;
}

export class WidthQuestion {
	private readonly asker: WidthAsker;
	private timer: TimerId | undefined;
	/** Whether anybody has ever answered; who hasn't the first time isn't asked again. */
	private isTerminal: boolean | undefined;
	private onEnd: (() => void) | undefined;

	constructor(asker: WidthAsker) {
		this.asker = asker;
	}

	/** An answer is awaited. */
	get isOpen(): boolean {
		return this.timer !== undefined;
	}

	/** Asks, and calls back when it is answered or nobody will; not when there is nobody to ask. */
	ask(onEnd: () => void): void {
		if (this.isTerminal === false) return;
		const before = this.onEnd;
		this.onEnd = (): void => {
			before?.();
			onEnd();
		};
		if (this.isOpen) return;
		this.timer = this.asker.timer.set(() => {
			this.isTerminal ??= false;
			this.end();
		}, answerMilliseconds);
		this.asker.write(question);
	}

	/** Whether a report of the cursor's column is an answer, and a possible one. */
	isAnsweredBy(column: number): boolean {
		const isAnswer = this.isOpen && column >= columnsMinimum;
		if (isAnswer) this.isTerminal = true;
		return isAnswer;
	}

	/** Waits no longer. */
	end(): void {
		if (this.timer !== undefined) this.asker.timer.clear(this.timer);
		this.timer = undefined;
		const { onEnd } = this;
		this.onEnd = undefined;
		onEnd?.();
	}
}
